#include "cluster/registry/news.h"

#include <utility>

#include "cluster/registry/limits.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {

News::News(Scheduler& scheduler, std::unique_ptr<Channel> channel, const Changes& changes,
           std::string address, Knows knows)
    : scheduler_(scheduler),
      changes_(changes),
      address_(std::move(address)),
      doubtful_until_(changes.revision()),
      told_(knows == Knows::all_so_far ? changes.revision() : 0),
      channel_(std::move(channel)) {}

void News::send() {
  if (!sending_ && !failing_) send_next();
}

void News::send_next() {
  Changes::Place next = changes_.after(told_);
  if (next != changes_.end() && next->second.address == address_) next = changes_.after(told_ = next->first);
  if (next == changes_.end()) return;
  const auto& [revision, change] = *next;
  // Go nodes would have a member twice that comes again without having gone.
  const bool goes_first =
      change.came && (change.replaces || revision <= doubtful_until_) && told_ != revision - 1;
  send_step(change, goes_first ? revision - 1 : revision, goes_first || !change.came);
}

void News::send_step(const Changes::Change& change, std::uint64_t step, bool goes) {
  sending_ = true;
  const auto send = [&](std::string_view method, auto& request) {
    request.set_revision(step);
    request.set_master(changes_.master());
    channel_->call(method, request.SerializeAsString(), limits::news_timeout,
                   [this, step](CallOutcome outcome) { on_done(outcome, step); });
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

void News::on_done(const CallOutcome& outcome, std::uint64_t step) {
  sending_ = false;
  // An error that the member answers is its own affair: it has been told.
  failing_ = !outcome.ok() && outcome.error().code != NetworkErrc::refused &&
             outcome.error().code != NetworkErrc::unimplemented;
  if (failing_) {
    retry_ = scheduler_.after(limits::news_retry_delay, [this] { send_next(); });
    return;
  }
  told_ = step;
  send_next();
}

}  // namespace nano::cluster
