// Internal header. News: tells one member of the others.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "cluster/network/network.h"
#include "cluster/registry/changes.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Sends one NewMember or DelMember after the other, each again until it was taken: who cannot be reached
/// keeps nobody else waiting. Logic thread only.
class News {
 public:
  enum class Knows {
    all_so_far,  ///< it was answered with the list
    some,        ///< of those so far, from an earlier master
  };

  /// The scheduler and `changes` must outlive this. Changes of `address`, the member itself, are none.
  News(Scheduler& scheduler, std::unique_ptr<Channel> channel, const Changes& changes, std::string address,
       Knows knows);

  /// There are changes.
  void send();

  /// The last attempt failed.
  bool failing() const { return failing_; }
  /// The revision that the member has come to.
  std::uint64_t told() const { return told_; }

 private:
  void send_next();
  void send_step(const Changes::Change& change, std::uint64_t step, bool goes);
  void on_done(const CallOutcome& outcome, std::uint64_t step);

  Scheduler& scheduler_;
  const Changes& changes_;
  const std::string address_;
  const std::uint64_t doubtful_until_;  // what it was told up to this revision is not known
  std::uint64_t told_;
  bool sending_ = false;
  bool failing_ = false;
  std::unique_ptr<Channel> channel_;
  Timer retry_;
};

}  // namespace nano::cluster
