// Internal header. Recycled<T>: memory for objects that come one after the other.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace nano {

/// A base of T, which is final. The memory of the last one that a thread has destroyed is kept for the next
/// that it makes, which saves both ways to the allocator where one goes before the next comes. Any thread.
template <class T>
class Recycled {
 public:
#ifndef __SANITIZE_ADDRESS__  // which is to notice who uses what was destroyed
  static void* operator new(std::size_t bytes) {
    void* const memory = std::exchange(spare_, nullptr);
    return memory ? memory : ::operator new(bytes);
  }
  static void operator delete(void* memory) noexcept { ::operator delete(std::exchange(spare_, memory)); }
#endif

  /// The thread makes no more for now: what is kept goes.
  static void keep_no_memory() { ::operator delete(std::exchange(spare_, nullptr)); }

 private:
  static inline thread_local void* spare_ = nullptr;
};

}  // namespace nano
