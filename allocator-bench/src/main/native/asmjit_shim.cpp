// asmjit's JitAllocator as five C functions, for calls from Java. Compiled on first use where a C++ compiler and
// asmjit's headers and archive are installed.

#include <asmjit/core.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#define EXPORTED extern "C" __attribute__((visibility("default")))

// The archive's own definition stands beside one that prints to stderr, and that object cannot be linked into a shared
// library where the archive was built for executables only, as Debian's is. With this one the linker never takes it.
namespace asmjit::DebugUtils {
void assertionFailed(const char*, int, const char*) noexcept { __builtin_trap(); }
} // namespace asmjit::DebugUtils

// A new allocator: all of asmjit's own choices, with code mapped read+write+execute (0) or mapped twice (1).
// Null where there is no memory. Not made by operator new: where jemalloc or mimalloc was loaded before, some of the
// C++ library's operators are theirs and others are not.
EXPORTED void* ashlar_asmjit_open(int dual_mapping) {
  asmjit::JitAllocator::CreateParams parameters;
  if (dual_mapping)
    parameters.options = asmjit::JitAllocatorOptions::kUseDualMapping;
  void* place = std::malloc(sizeof(asmjit::JitAllocator));
  return place ? new (place) asmjit::JitAllocator(&parameters) : nullptr;
}

// The executable address of size fresh bytes, or null. Where it can be written goes to *writable unless that is null.
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

// Where the block at an executable address can be written, or null where there is none.
EXPORTED void* ashlar_asmjit_writable(void* allocator, void* executable_address) {
  void* start;
  void* writable_address;
  std::size_t size;
  if (static_cast<asmjit::JitAllocator*>(allocator)->query(executable_address, &start, &writable_address, &size) !=
      asmjit::kErrorOk)
    return nullptr;
  return writable_address;
}

// Gives a block back; 0, or asmjit's error.
EXPORTED unsigned ashlar_asmjit_release(void* allocator, void* executable_address) {
  return static_cast<asmjit::JitAllocator*>(allocator)->release(executable_address);
}

// Gives everything back, live blocks included.
EXPORTED void ashlar_asmjit_close(void* allocator) {
  static_cast<asmjit::JitAllocator*>(allocator)->~JitAllocator();
  std::free(allocator);
}
