#include "nano/scheduler/current_work.h"

#include <algorithm>
#include <cstring>

namespace nano {

WorkName::WorkName(std::string_view text, std::uint64_t session)
    : bytes_(std::min(text.size(), bytes_max)), session_(session) {
  std::copy_n(text.data(), bytes_, text_.data());
}

void CurrentWork::set_name(std::string_view text, std::uint64_t session) {
  if (name_.is(text, session)) return;  // as with a client's next message
  name_.bytes_ = std::min(text.size(), WorkName::bytes_max);
  std::copy_n(text.data(), name_.bytes_, name_.text_.data());
  name_.session_ = session;
  const std::uint64_t version = version_.load(std::memory_order_relaxed);
  version_.store(version + 1, std::memory_order_release);
  for (std::size_t i = 0; i * sizeof(Word) < name_.bytes_; ++i) {
    Word word = 0;
    std::memcpy(&word, name_.text_.data() + i * sizeof(Word), sizeof(Word));
    text_[i].store(word, std::memory_order_release);
  }
  bytes_.store(name_.bytes_, std::memory_order_release);
  session_.store(session, std::memory_order_release);
  version_.store(version + 2, std::memory_order_release);
}

WorkName CurrentWork::load_name() const {
  WorkName name;
  name.bytes_ = bytes_.load(std::memory_order_acquire);
  name.session_ = session_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i * sizeof(Word) < name.bytes_; ++i) {
    const Word word = text_[i].load(std::memory_order_acquire);
    std::memcpy(name.text_.data() + i * sizeof(Word), &word, sizeof(Word));
  }
  return name;
}

std::optional<CurrentWork::Reading> CurrentWork::read() const {
  const std::uint64_t version = version_.load(std::memory_order_acquire);
  const Duration::rep since = since_.load(std::memory_order_acquire);
  const WorkName name = load_name();
  const bool torn = version % 2 != 0 || version_.load(std::memory_order_relaxed) != version ||
                    since_.load(std::memory_order_relaxed) != since;
  if (torn || since == idle) return std::nullopt;
  return Reading{name, TimePoint{Duration{since}}};
}

}  // namespace nano
