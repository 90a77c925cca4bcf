#include "cluster/registry/news.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {

News::News(Scheduler& scheduler, std::unique_ptr<Channel> channel, const Changes& changes,
           std::string address, Knows knows)
    : scheduler_(scheduler),
      changes_(changes),
      address_(std::move(address)),
      doubtful_until_(knows == Knows::all_so_far ? 0 : std::numeric_limits<std::uint64_t>::max()),
      told_(knows == Knows::all_so_far ? changes.revision() : 0),
      channel_(std::move(channel)) {}

void News::send() {
  if (!calling_ && !retry_.active()) send_next();
}

void News::wait(Duration duration) {
  retry_ = scheduler_.after(duration, [this] { send_next(); });
}

void News::probe() {
  if (std::exchange(calling_, true)) return;
  channel_->call(method::probe, "", limits::news_timeout, [this](CallOutcome outcome) {
    calling_ = false;
    note(outcome);
    send();
  });
}

void News::send_next() {
  if (calling_) return;
  Changes::Place next = changes_.after(told_);
  if (next != changes_.end() && next->second.address == address_) next = changes_.after(told_ = next->first);
  if (next == changes_.end()) return;
  const auto& [revision, change] = *next;
  const bool goes_first =
      change.came && (change.replaces || revision <= doubtful_until_) && told_ != revision - 1;
  send_step(next, goes_first ? revision - 1 : revision, goes_first || !change.came);
}

void News::send_step(Changes::Place place, std::uint64_t step, bool goes) {
  calling_ = true;
  const std::uint64_t revision = place->first;
  const Changes::Change& change = place->second;
  const auto send = [&](std::string_view method, auto& request) {
    request.set_revision(step);
    request.set_master(changes_.master());
    channel_->call(method, request.SerializeAsString(), limits::news_timeout,
                   [this, revision, step](CallOutcome outcome) { on_done(outcome, revision, step); });
  };
  if (goes) {
    clusterpb::DelMemberRequest request;
    request.set_serviceaddr(change.address);
    send(method::delete_member, request);
  } else {
    clusterpb::NewMemberRequest request;
    fill(*change.came, *request.mutable_memberinfo());
    send(method::new_member, request);
  }
}

void News::on_done(const CallOutcome& outcome, std::uint64_t revision, std::uint64_t step) {
  calling_ = false;
  note(outcome);
  if (reached()) {
    told_ = step;
    return send_next();
  }
  // It may have been told all the same: from the beginning of this change again.
  doubtful_until_ = std::max(doubtful_until_, revision);
  told_ = std::min(told_, revision - 2);
  wait(limits::news_retry_delay);
}

/// An error that the member answers is its own affair: it has been told, and is there.
void News::note(const CallOutcome& outcome) { reached_ = outcome.heard(); }

}  // namespace nano::cluster
