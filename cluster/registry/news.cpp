#include "cluster/registry/news.h"

#include <algorithm>
#include <utility>

#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

/// News are small: a member that does not answer by then is taken for unreachable.
constexpr Duration call_timeout = std::chrono::seconds{3};
constexpr Duration retry_delay = std::chrono::seconds{1};

}  // namespace

News::News(Scheduler& scheduler, std::unique_ptr<Channel> channel)
    : scheduler_(scheduler), channel_(std::move(channel)) {}

void News::tell(const std::string& address, bool went, std::optional<Member> came) {
  const auto first_waiting = steps_.begin() + (sending_ ? 1 : 0);
  if (went) {
    // What the member was not told yet it need not be told any more.
    steps_.erase(std::remove_if(first_waiting, steps_.end(),
                                [&](const Step& step) { return step.address == address && step.came; }),
                 steps_.end());
    const bool known = std::any_of(steps_.begin() + (sending_ ? 1 : 0), steps_.end(),
                                   [&](const Step& step) { return step.address == address; });
    if (!known) steps_.push_back({address, std::nullopt});
  }
  if (came) steps_.push_back({address, std::move(came)});
  if (!sending_ && !failing_since_) send_next();
}

Duration News::failing_for() const {
  return failing_since_ ? scheduler_.now() - *failing_since_ : Duration::zero();
}

void News::send_next() {
  if (steps_.empty()) return;
  sending_ = true;
  const Step& step = steps_.front();
  const auto send = [&](std::string_view method, const auto& request) {
    channel_->call(method, request.SerializeAsString(), call_timeout,
                   [this](CallOutcome outcome) { on_done(outcome); });
  };
  if (step.came) {
    clusterpb::NewMemberRequest request;
    fill(*step.came, *request.mutable_memberinfo());
    send(method::new_member, request);
  } else {
    clusterpb::DelMemberRequest request;
    request.set_serviceaddr(step.address);
    send(method::delete_member, request);
  }
}

void News::on_done(const CallOutcome& outcome) {
  sending_ = false;
  // An error that the member answers is its own affair: it has been told.
  const bool told = outcome.ok() || outcome.error().code == NetworkErrc::refused ||
                    outcome.error().code == NetworkErrc::unimplemented;
  if (told) {
    failing_since_.reset();
    steps_.pop_front();
    return send_next();
  }
  if (!failing_since_) failing_since_ = scheduler_.now();
  retry_ = scheduler_.after(retry_delay, [this] { send_next(); });
}

}  // namespace nano::cluster
