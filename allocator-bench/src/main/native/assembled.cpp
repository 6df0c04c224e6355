// Functions that asmjit assembles, in asmjit's own memory or in a heap of Ashlar through the table. The text of
// ashlar.h stands before this one.

#include <asmjit/x86.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#define EXPORTED extern "C" __attribute__((visibility("default")))

// As in asmjit_shim.cpp: the object file with the archive's own definitions cannot be linked into a shared library.
namespace asmjit::DebugUtils {
void assertionFailed(const char*, int, const char*) noexcept { __builtin_trap(); }
const char* errorAsString(Error) noexcept { return "an error of asmjit"; }
void debugOutput(const char*) noexcept {}
} // namespace asmjit::DebugUtils

namespace {

using namespace asmjit;
using Function = std::int32_t (*)(std::int32_t);

// Counts matches of a condition, from the argument down to 1, and adds a seed.
bool assemble(CodeHolder& code, const Environment& environment, std::int32_t seed) {
  if (code.init(environment) != kErrorOk)
    return false;
  x86::Assembler a(&code);
  Label loop = a.newLabel();
  Label out = a.newLabel();
  a.push(x86::rbp);
  a.mov(x86::rbp, x86::rsp);
  a.mov(x86::eax, seed);
  a.test(x86::edi, x86::edi);
  a.jz(out);
  a.bind(loop);
  a.imul(x86::ecx, x86::edi, 37);
  a.xor_(x86::ecx, 0x5a5a);
  a.and_(x86::ecx, 0xffff);
  a.cmp(x86::ecx, 30000);
  a.setb(x86::dl);
  a.movzx(x86::edx, x86::dl);
  a.add(x86::eax, x86::edx);
  a.sub(x86::edi, 1);
  a.jnz(loop);
  a.bind(out);
  a.pop(x86::rbp);
  a.ret();
  return true;
}

std::int32_t expected(std::int32_t seed, std::int32_t argument) {
  for (; argument > 0; --argument)
    seed += ((argument * 37 ^ 0x5a5a) & 0xffff) < 30000;
  return seed;
}

// Where functions live: asmjit's runtime, or a table, with its cache or by a call for each step.
struct Memory {
  enum Kind { OWN, CALLS, CACHE };
  Kind kind;
  const ashlar_table* table;
  ashlar_cache cache;
  JitRuntime runtime;

  Memory(Kind kind, const ashlar_table* table, const JitAllocator::CreateParams* parameters)
      : kind(kind), table(table), runtime(parameters) {
    if (kind == CACHE)
      ashlar_cache_open(&cache, table);
  }

  // Returns the function, or null.
  void* add(CodeHolder& code) {
    if (kind == OWN) {
      void* function = nullptr;
      return runtime.add(&function, &code) == kErrorOk ? function : nullptr;
    }
    if (code.flatten() != kErrorOk || code.resolveUnresolvedLinks() != kErrorOk)
      return nullptr;
    std::size_t size = code.codeSize();
    ashlar_place place;
    int status = kind == CACHE ? ashlar_cache_allocate(&cache, size, &place)
                               : ashlar_allocate(table, size, 0, &place);
    // Relocated for where it runs, copied to where it is written.
    if (status != ASHLAR_OK || code.relocateToBase(reinterpret_cast<std::uintptr_t>(place.address)) != kErrorOk ||
        code.copyFlattenedData(place.writable, size) != kErrorOk ||
        ashlar_publish(table, place.address, nullptr) != ASHLAR_OK)
      return nullptr;
    return place.address;
  }

  bool release(void* function) {
    switch (kind) {
    case OWN: return runtime.release(function) == kErrorOk;
    case CALLS: return ashlar_free(table, function) == ASHLAR_OK;
    default: return ashlar_cache_free(&cache, function) == ASHLAR_OK;
    }
  }
};

} // namespace

// Returns memory of a kind, or null. Asmjit's own is mapped twice, as a heap's is.
EXPORTED void* ashlar_assembled_open(int kind, const ashlar_table* table) {
  JitAllocator::CreateParams parameters;
  parameters.options = JitAllocatorOptions::kUseDualMapping;
  void* place = std::malloc(sizeof(Memory));
  return place ? new (place) Memory(static_cast<Memory::Kind>(kind), table, &parameters) : nullptr;
}

// Gives back what a cache holds. Returns 0, or the table's status.
EXPORTED int ashlar_assembled_flush(void* memory) {
  Memory* in = static_cast<Memory*>(memory);
  return in->kind == Memory::CACHE ? ashlar_cache_close(&in->cache) : 0;
}

// Assembles, adds and calls a function count times; frees it, or with live functions one of them at random in its
// place. Returns 0, or the number of the step that failed.
EXPORTED int ashlar_assembled_run(void* memory, void** live, std::int64_t live_count, std::int32_t argument,
                                  std::int64_t count) {
  Memory* in = static_cast<Memory*>(memory);
  Environment environment = Environment::host();
  std::uint64_t random = 1;
  for (std::int64_t done = 0; done < count; ++done) {
    std::int32_t seed = static_cast<std::int32_t>(done);
    CodeHolder code;
    if (!assemble(code, environment, seed))
      return 1;
    void* function = in->add(code);
    if (!function)
      return 2;
    if (reinterpret_cast<Function>(function)(argument) != expected(seed, argument))
      return 3;
    void* victim = function;
    if (live_count > 0) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      void*& cell = live[(random >> 33) % static_cast<std::uint64_t>(live_count)];
      victim = cell;
      cell = function;
    }
    if (victim && !in->release(victim))
      return 4;
  }
  return 0;
}
