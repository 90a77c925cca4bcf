// Internal header. News: what one member has still to be told of the others.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "cluster/network/network.h"
#include "cluster/registry/member.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Sends one NewMember or DelMember after the other, each again until it was taken: who cannot be reached
/// keeps nobody else waiting. Changes of one address that were not sent yet become one, so that what waits is
/// bounded by the number of members. Logic thread only.
class News {
 public:
  /// The scheduler must outlive this.
  News(Scheduler& scheduler, std::unique_ptr<Channel> channel);

  /// The member at `address` went, came, or (both) was replaced by another.
  void tell(const std::string& address, bool went, std::optional<Member> came);

  /// For how long nothing could be delivered; zero when the last attempt went well or nothing waits.
  Duration failing_for() const;

 private:
  /// NewMember, or DelMember where there is no member.
  struct Step {
    std::string address;
    std::optional<Member> came;
  };

  void send_next();
  void on_done(const CallOutcome& outcome);

  Scheduler& scheduler_;
  std::unique_ptr<Channel> channel_;
  std::deque<Step> steps_;  // the first is being sent, while `sending_`
  bool sending_ = false;
  std::optional<TimePoint> failing_since_;
  Timer retry_;
};

}  // namespace nano::cluster
