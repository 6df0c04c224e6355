// The work of three benchmarks as loops in C++: the cost of an allocator without Java between it and its caller.
// Runs inside the JVM, so that the C library knows that there are other threads.

#include <cstddef>
#include <cstdint>
#include <cstring>

#define EXPORTED extern "C" __attribute__((visibility("default")))

using Malloc = void* (*)(std::size_t);
using Free = void (*)(void*);
using Allocate = void* (*)(void* allocator, std::size_t, void** writable);
using Release = unsigned (*)(void* allocator, void* address);

// One block, on one cache line as in the benchmark in Java.
struct Cell {
  char* address;
  std::uint64_t byte_size;
};

// Frees random blocks and writes new ones in their place. Reads the draws cyclically after cursor; returns the last.
EXPORTED std::int64_t ashlar_replace(Malloc allocate, Free release, Cell* cells, const std::int32_t* sizes,
                                     const std::int32_t* victims, std::int64_t draw_mask, std::int64_t cursor,
                                     std::int64_t count, const char* payload) {
  for (std::int64_t done = 0; done < count; ++done) {
    cursor = (cursor + 1) & draw_mask;
    Cell& cell = cells[victims[cursor]];
    release(cell.address);
    std::size_t size = static_cast<std::size_t>(sizes[cursor]);
    char* address = static_cast<char*>(allocate(size));
    if (!address)
      return -1;
    std::memcpy(address, payload, size);
    cell.address = address;
    cell.byte_size = size;
  }
  return cursor;
}

// Allocates and frees one block, count times. Returns 0, or 1 if there is no memory.
EXPORTED int ashlar_pair_in(Allocate allocate, Release release, void* allocator, std::int64_t size,
                            std::int64_t count) {
  for (std::int64_t done = 0; done < count; ++done) {
    void* address = allocate(allocator, static_cast<std::size_t>(size), nullptr);
    if (!address)
      return 1;
    release(allocator, address);
  }
  return 0;
}

// Replays a trace: an event is the number of an object for its allocation, the complement for its free. Writes every
// object. Returns 0, or 1 if there is no memory.
EXPORTED int ashlar_replay_in(Allocate allocate, Release release, void* allocator, const std::int32_t* events,
                              std::int64_t event_count, const std::int32_t* sizes, char** addresses,
                              const char* payload) {
  for (std::int64_t index = 0; index < event_count; ++index) {
    std::int32_t event = events[index];
    if (event < 0) {
      release(allocator, addresses[~event]);
      addresses[~event] = nullptr;
      continue;
    }
    std::size_t size = static_cast<std::size_t>(sizes[event]);
    char* address = static_cast<char*>(allocate(allocator, size, nullptr));
    if (!address)
      return 1;
    std::memcpy(address, payload, size);
    addresses[event] = address;
  }
  return 0;
}

// Frees the objects that a trace left alive.
EXPORTED void ashlar_free_survivors(Release release, void* allocator, char** addresses, std::int64_t count) {
  for (std::int64_t object = 0; object < count; ++object) {
    if (addresses[object])
      release(allocator, addresses[object]);
    addresses[object] = nullptr;
  }
}
