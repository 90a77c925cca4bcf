// Internal header. What all micro benchmarks have in common.
#pragma once

#include <benchmark.h>
#include <cstddef>
#include <cstdint>

namespace nano::benchmark {

using ::benchmark::DoNotOptimize;
using State = ::benchmark::State;

/// How often the loop ran.
inline std::uint64_t iterations(const State& state) { return static_cast<std::uint64_t>(state.iterations()); }

/// What the loop just measured did: `items` and `bytes` in each iteration. With 0 bytes none are reported.
inline void count_work(State& state, std::size_t items, std::size_t bytes = 0) {
  state.SetItemsProcessed(static_cast<std::int64_t>(iterations(state) * items));
  if (bytes > 0) state.SetBytesProcessed(static_cast<std::int64_t>(iterations(state) * bytes));
}

/// Call it outside the loop: what was measured did its work. Otherwise the benchmark fails with the sentence.
inline void expect(State& state, bool worked, const char* sentence) {
  if (!worked) state.SkipWithError(sentence);
}

}  // namespace nano::benchmark
