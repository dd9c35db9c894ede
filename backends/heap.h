#pragma once

#include <cstddef>

namespace pawl {

// Gives memory that was freed, and that the allocator still holds, back to the system, where that can
// be asked for. Takes some milliseconds where there is much. Any thread.
void release_free_memory();

// Makes so many bytes ready for the calling thread's own allocations, without taking them from the
// system before they are used, where an allocator would otherwise ask for them a few KB at a time.
void reserve_for_thread(std::size_t bytes);

}  // namespace pawl
