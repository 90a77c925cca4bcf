// Internal header. LatestKeys: which entries of a queue newer ones of the same key may replace.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "nano/base/limits.h"

namespace nano {

/// Entries have ascending numbers from 1 on, and leave from the front. Finds one by its key in constant time:
/// a game has a key for each player, and pushes them all to each. Open addressing; a number that has left
/// stays in its slot until the table is made anew. One thread.
class LatestKeys {
 public:
  /// The number of an entry whose key has this hash and for which `has_key(number)` holds; it may be written
  /// to. Null: there is none. `oldest` is that of the first entry that has not left.
  template <class HasKey>
  std::uint64_t* find(std::uint32_t hash, std::uint64_t oldest, HasKey has_key) {
    if (slots_.empty()) return nullptr;
    for (std::size_t i = hash & last();; i = (i + 1) & last()) {
      if (slots_[i].number == 0) return nullptr;
      if (slots_[i].hash == hash && slots_[i].number >= oldest && has_key(slots_[i].number)) {
        return &slots_[i].number;
      }
    }
  }
  /// No more may be added.
  bool full() const { return count_ >= limits::latest_keys; }
  void add(std::uint32_t hash, std::uint64_t number, std::uint64_t oldest) {
    if (4 * (used_ + 1) > 3 * slots_.size()) make_anew(oldest);
    insert({number, hash});
    ++count_;
  }
  /// One of them has left.
  void remove() { --count_; }

 private:
  struct Slot {
    std::uint64_t number = 0;  // 0: free
    std::uint32_t hash = 0;
  };
  static constexpr std::size_t slots_at_first = 8;

  std::size_t last() const { return slots_.size() - 1; }
  void insert(Slot slot) {
    std::size_t i = slot.hash & last();
    while (slots_[i].number != 0) i = (i + 1) & last();
    slots_[i] = slot;
    ++used_;
  }
  void make_anew(std::uint64_t oldest) {
    const std::size_t size = std::bit_ceil(std::max(slots_at_first, (count_ + 1) * 3 / 2));
    const std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(size));
    used_ = 0;
    for (const Slot& slot : before) {
      if (slot.number >= oldest) insert(slot);
    }
  }

  std::vector<Slot> slots_;  // none, or a power of two
  std::size_t used_ = 0;     // slots, also of what has left
  std::size_t count_ = 0;    // of those that have not left
};

}  // namespace nano
