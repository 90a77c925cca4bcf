// Internal header. Failures: what went wrong in a run, counted and told in sentences.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nano::benchmark {

/// One thread.
class Failures {
 public:
  /// The first few different sentences are kept.
  void add(std::string sentence) {
    count_ += 1;
    if (sentences_.size() == sentences_max || std::ranges::count(sentences_, sentence) > 0) return;
    sentences_.push_back(std::move(sentence));
  }

  std::uint64_t count() const { return count_; }
  const std::vector<std::string>& sentences() const { return sentences_; }

 private:
  static constexpr std::size_t sentences_max = 3;

  std::uint64_t count_ = 0;
  std::vector<std::string> sentences_;
};

}  // namespace nano::benchmark
