#include "cluster/registry/etcd_watch.h"

#include <utility>

#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

/// The first key behind all that begin with `prefix`, whose last character is not the highest.
std::string end_of(std::string prefix) {
  ++prefix.back();
  return prefix;
}

}  // namespace

EtcdWatch::EtcdWatch(EtcdClient& client, std::string prefix, EtcdWatchEvents& events)
    : client_(client), prefix_(std::move(prefix)), range_end_(end_of(prefix_)), events_(events) {}

void EtcdWatch::start() {
  running_ = true;
  list();
}

void EtcdWatch::stop() {
  running_ = false;
  // Maybe the stream is telling something just now.
  next_ = client_.scheduler().after(Duration::zero(), [this] { stream_.reset(); });
}

void EtcdWatch::list() {
  if (std::exchange(listing_, true)) return;
  stream_.reset();
  etcd::RangeRequest request;
  request.set_key(prefix_);
  request.set_range_end(range_end_);
  client_.call(etcd_method::range, request, [this](CallOutcome outcome) {
    listing_ = false;
    if (running_) on_listed(outcome);
  });
}

void EtcdWatch::on_listed(const CallOutcome& outcome) {
  const auto response = outcome.ok() ? parse<etcd::RangeResponse>(outcome.response()) : std::nullopt;
  if (!response) return start_again(client_.options().retry_interval);
  events_.on_list(*response);
  if (running_) watch(response->header().revision() + 1);
}

void EtcdWatch::watch(std::int64_t start_revision) {
  stream_ = std::make_unique<EtcdStream>(
      client_, etcd_method::watch, [this](std::string_view message) { on_message(message); },
      [this] { start_again(client_.options().retry_interval); });
  etcd::WatchRequest request;
  request.mutable_create_request()->set_key(prefix_);
  request.mutable_create_request()->set_range_end(range_end_);
  request.mutable_create_request()->set_start_revision(start_revision);
  stream_->send(request);
}

void EtcdWatch::on_message(std::string_view message) {
  if (!running_) return;
  const auto response = parse<etcd::WatchResponse>(message);
  if (!response) return start_again(client_.options().retry_interval);
  for (const etcd::Event& event : response->events()) {
    events_.on_change(event.kv(), event.type() == etcd::Event::PUT);
    if (!running_) return;
  }
  if (!response->canceled()) return;
  const bool compacted = response->compact_revision() > 0;
  client_.scheduler().log().info(
      "etcd ended a watch; starting it again",
      {{"reason", compacted ? "the history was compacted" : response->cancel_reason()}});
  start_again(compacted ? Duration::zero() : client_.options().retry_interval);
}

void EtcdWatch::start_again(Duration delay) {
  if (!running_) return;
  next_ = client_.scheduler().after(delay, [this] { list(); });
}

}  // namespace nano::cluster
