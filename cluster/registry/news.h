// Internal header. News: tells one member of the others.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cluster/network/network.h"
#include "cluster/registry/changes.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Sends one NewMember or DelMember after the other, each again until it was taken: who cannot be reached
/// keeps nobody else waiting. A node of Go Nano that is told of a member twice ends when that member goes, so
/// DelMember comes before any NewMember that could be a second one. Logic thread only.
class News {
 public:
  enum class Knows {
    all_so_far,  ///< it was answered with the list
    some,        ///< which ones is not known; it is told of all
  };

  /// The scheduler and `changes` must outlive this. Changes of `address`, the member itself, are none.
  News(Scheduler& scheduler, std::unique_ptr<Channel> channel, const Changes& changes, std::string address,
       Knows knows);

  /// There are changes.
  void send();
  /// Nothing is sent for this long.
  void wait(Duration duration);
  /// Asks whether the member is there, unless another call is about to tell.
  void probe();

  /// What the last call to the member told; neither: there was none so far.
  bool reached() const { return reached_ == true; }
  bool unreachable() const { return reached_ == false; }
  /// The revision that the member has come to.
  std::uint64_t told() const { return told_; }

 private:
  void send_next();
  void send_step(Changes::Place change, std::uint64_t step, bool goes);
  void on_done(const CallOutcome& outcome, std::uint64_t revision, std::uint64_t step);
  void note(const CallOutcome& outcome);

  Scheduler& scheduler_;
  const Changes& changes_;
  const std::string address_;
  std::uint64_t doubtful_until_;  // what it was told up to this revision is not known
  std::uint64_t told_;
  bool calling_ = false;
  std::optional<bool> reached_;
  std::unique_ptr<Channel> channel_;
  Timer retry_;
};

}  // namespace nano::cluster
