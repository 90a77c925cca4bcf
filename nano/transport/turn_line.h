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

  /// Calls `serve(T)` for items in order, until the coarse clock says `until` or each that was there has been
  /// served once; at least for the first of each line. What `serve` adds is for the next time. Returns how
  /// many were served.
  template <class Serve>
  std::size_t serve(const Clock& clock, TimePoint until, Serve&& serve) {
    return serve_line(new_, clock, until, serve) + serve_line(again_, clock, until, serve);
  }

 private:
  template <class Serve>
  static std::size_t serve_line(std::deque<T>& line, const Clock& clock, TimePoint until, Serve& serve) {
    const std::size_t there = line.size();
    std::size_t served = 0;
    while (served < there && (served == 0 || clock.coarse_now() < until)) {
      T item = std::move(line.front());
      line.pop_front();
      ++served;
      serve(std::move(item));
    }
    return served;
  }

  std::deque<T> new_;
  std::deque<T> again_;
};

}  // namespace nano
