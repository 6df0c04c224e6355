// asmjit's JitAllocator as five C functions, for calls from Java. Compiled on first use; needs a C++ compiler and
// asmjit's headers and archive.

#include <asmjit/core.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#define EXPORTED extern "C" __attribute__((visibility("default")))

// The object file with the archive's own definition also prints to stderr, and cannot be linked into a shared library
// if the archive was built for executables only, as Debian's is. With this definition the linker does not need it.
namespace asmjit::DebugUtils {
void assertionFailed(const char*, int, const char*) noexcept { __builtin_trap(); }
} // namespace asmjit::DebugUtils

// Returns a new allocator with options of asmjit's JitAllocatorOptions, or null.
// Not made by operator new: if jemalloc or mimalloc was loaded before, some of the C++ operators are theirs.
EXPORTED void* ashlar_asmjit_open(unsigned options) {
  asmjit::JitAllocator::CreateParams parameters;
  static_assert(asmjit::JitAllocatorOptions::kUseDualMapping == asmjit::JitAllocatorOptions(1), "Setting.DUAL");
  static_assert(asmjit::JitAllocatorOptions::kFillUnusedMemory == asmjit::JitAllocatorOptions(4), "Setting.FILL");
  parameters.options = asmjit::JitAllocatorOptions(options);
  void* place = std::malloc(sizeof(asmjit::JitAllocator));
  return place ? new (place) asmjit::JitAllocator(&parameters) : nullptr;
}

// Returns the executable address of a block, or null. Stores its writable address in *writable unless that is null.
EXPORTED void* ashlar_asmjit_allocate(void* allocator, std::size_t size, void** writable) {
  void* executable_address;
  void* writable_address;
  if (static_cast<asmjit::JitAllocator*>(allocator)->alloc(&executable_address, &writable_address, size) !=
      asmjit::kErrorOk)
    return nullptr;
  if (writable)
    *writable = writable_address;
  return executable_address;
}

// Returns the writable address of the block at an executable address, or null.
EXPORTED void* ashlar_asmjit_writable(void* allocator, void* executable_address) {
  void* start;
  void* writable_address;
  std::size_t size;
  if (static_cast<asmjit::JitAllocator*>(allocator)->query(executable_address, &start, &writable_address, &size) !=
      asmjit::kErrorOk)
    return nullptr;
  return writable_address;
}

// Frees a block. Returns 0, or asmjit's error.
EXPORTED unsigned ashlar_asmjit_release(void* allocator, void* executable_address) {
  return static_cast<asmjit::JitAllocator*>(allocator)->release(executable_address);
}

// Frees everything, with all live blocks.
EXPORTED void ashlar_asmjit_close(void* allocator) {
  static_cast<asmjit::JitAllocator*>(allocator)->~JitAllocator();
  std::free(allocator);
}
