#pragma once

namespace pawl {

// Gives memory that was freed, and that the allocator still holds, back to the system, where that can
// be asked for. Takes some milliseconds where there is much. Any thread.
void release_free_memory();

}  // namespace pawl
