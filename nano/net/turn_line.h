// Internal header. TurnLine: who is served next, when not all can be served at once.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>

#include "nano/base/clock.h"

namespace nano {

/// Two lines: those that come anew, and those that come again because their share was not enough. The new
/// ones go first: a client that sends now and then is not held up by any number of clients that always do.
/// Those that come again are served in turns, some of them each time, however many new ones there are. One
/// thread.
template <class T>
class TurnLine {
 public:
  void add_new(T item) { new_.push_back(std::move(item)); }
  void add_again(T item) { again_.push_back(std::move(item)); }

  bool empty() const { return new_.empty() && again_.empty(); }
  bool has_new() const { return !new_.empty(); }
  std::size_t size() const { return new_.size() + again_.size(); }

  /// Those that come again from now on do so after the next serve().
  void begin_round() { again_in_round_ = again_.size(); }

  /// Calls `serve(T)` for items in order, until `until` or each that has come anew, or was there again when
  /// the round began, has been served once; at least for the first of each line. What `serve` adds is for the
  /// next time.
  template <class Serve>
  void serve(const Clock& clock, TimePoint until, Serve&& serve) {
    serve_line(new_, new_.size(), clock, until, serve);
    serve_line(again_, again_in_round_, clock, until, serve);
  }

 private:
  template <class Serve>
  static void serve_line(std::deque<T>& line, std::size_t most, const Clock& clock, TimePoint until,
                         Serve& serve) {
    for (std::size_t served = 0; served < most && (served == 0 || clock.now() < until); ++served) {
      T item = std::move(line.front());
      line.pop_front();
      serve(std::move(item));
    }
  }

  std::deque<T> new_;
  std::deque<T> again_;
  std::size_t again_in_round_ = 0;
};

}  // namespace nano
