#include "cluster/registry/etcd_registration.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

/// etcd's texts are part of its API.
constexpr std::string_view lease_is_gone = "requested lease not found";

/// When etcd does not know which number was given last, because the cluster is new or its data were lost, it
/// goes on from the clock, in steps of 10 ms. That is beyond all that were given before, as long as those
/// were less than a hundred a second. The clock comes round in 248 days.
std::uint32_t number_after(const etcd::KeyValue& last, const Clock& clock) {
  std::uint32_t number = 0;
  const std::string& text = last.value();
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool good = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  if (good && number < limits::gate_number_max) return number + 1;
  const auto steps = clock.wall().time_since_epoch() / std::chrono::milliseconds{10};
  return std::max(1u, static_cast<std::uint32_t>(steps) & limits::gate_number_max);
}

void add_condition(etcd::TxnRequest& request, const std::string& key, std::int64_t mod_revision) {
  etcd::Compare& condition = *request.add_compare();
  condition.set_target(etcd::Compare::MOD);
  condition.set_key(key);
  condition.set_mod_revision(mod_revision);
  request.add_failure()->mutable_request_range()->set_key(key);
}

/// What a refused transaction found instead; an empty entry when there was none.
etcd::KeyValue found_by(const etcd::TxnResponse& response) {
  if (response.responses_size() == 0 || response.responses(0).response_range().kvs_size() == 0) return {};
  return response.responses(0).response_range().kvs(0);
}

template <class Message>
std::optional<Message> answer(const CallOutcome& outcome) {
  return outcome.ok() ? parse<Message>(outcome.response()) : std::nullopt;
}

}  // namespace

EtcdRegistration::EtcdRegistration(EtcdClient& client)
    : client_(client),
      scheduler_(client.scheduler()),
      gate_number_key_(client.options().prefix + "/gate-number"),
      lease_ttl_(client.options().lease_ttl) {}

void EtcdRegistration::start(Member self, Function<void(std::uint32_t)> registered) {
  self_ = std::move(self);
  self_.gate_number = 0;
  key_ = client_.options().prefix + "/members/" + self_.address;
  tell_registered_ = std::move(registered);
  next_step();
}

void EtcdRegistration::put_again() {
  registered_ = false;
  again_ = busy_;
  if (!busy_ && !next_.active()) next_step();
}

void EtcdRegistration::next_step() {
  next_.cancel();
  if (stopping_ || busy_ || registered_) return;
  if (lease_ == 0) {
    const auto ttl = std::chrono::ceil<std::chrono::seconds>(client_.options().lease_ttl);
    etcd::LeaseGrantRequest request;
    request.set_ttl(std::max<std::int64_t>(1, ttl.count()));
    return call(etcd_method::lease_grant, request, &EtcdRegistration::on_lease_granted);
  }
  if (self_.gate_number == 0) {
    etcd::RangeRequest request;
    request.set_key(gate_number_key_);
    return call(etcd_method::range, request, &EtcdRegistration::on_gate_number_read);
  }
  put(0);
}

void EtcdRegistration::try_again() {
  next_ = scheduler_.after(client_.options().retry_interval, [this] { next_step(); });
}

template <class Request>
void EtcdRegistration::call(std::string_view method, const Request& request,
                            void (EtcdRegistration::*done)(const CallOutcome&)) {
  busy_ = true;
  client_.call(method, request, [this, done](CallOutcome outcome) {
    busy_ = false;
    if (!stopping_) (this->*done)(outcome);
  });
}

void EtcdRegistration::on_lease_granted(const CallOutcome& outcome) {
  const auto response = answer<etcd::LeaseGrantResponse>(outcome);
  if (!response || response->id() == 0) return try_again();
  lease_ = response->id();
  lease_ttl_ = std::chrono::seconds{std::max<std::int64_t>(1, response->ttl())};
  next_beat_ = scheduler_.after(lease_ttl_ / 3, [this] { keep_lease(); });
  next_step();
}

void EtcdRegistration::on_gate_number_read(const CallOutcome& outcome) {
  const auto response = answer<etcd::RangeResponse>(outcome);
  if (!response) return try_again();
  draw_gate_number(response->kvs_size() > 0 ? response->kvs(0) : etcd::KeyValue{});
}

void EtcdRegistration::draw_gate_number(const etcd::KeyValue& last) {
  drawn_ = number_after(last, scheduler_.clock());
  etcd::TxnRequest request;
  add_condition(request, gate_number_key_, last.mod_revision());
  etcd::PutRequest& write = *request.add_success()->mutable_request_put();
  write.set_key(gate_number_key_);
  write.set_value(std::to_string(drawn_));
  call(etcd_method::txn, request, &EtcdRegistration::on_gate_number_drawn);
}

void EtcdRegistration::on_gate_number_drawn(const CallOutcome& outcome) {
  const auto response = answer<etcd::TxnResponse>(outcome);
  if (!response) return try_again();
  if (!response->succeeded()) return draw_gate_number(found_by(*response));
  self_.gate_number = drawn_;
  next_step();
}

/// `replaced_revision`: of the entry that is there now; 0: none is.
void EtcdRegistration::put(std::int64_t replaced_revision) {
  clusterpb::MemberInfo info;
  fill(self_, info);
  etcd::TxnRequest request;
  add_condition(request, key_, replaced_revision);
  etcd::PutRequest& write = *request.add_success()->mutable_request_put();
  write.set_key(key_);
  write.set_value(info.SerializeAsString());
  write.set_lease(lease_);
  call(etcd_method::txn, request, &EtcdRegistration::on_put);
}

void EtcdRegistration::on_put(const CallOutcome& outcome) {
  const bool lost_lease = !outcome.ok() && outcome.error().message.find(lease_is_gone) != std::string::npos;
  if (lost_lease) return lose_lease();
  const auto response = answer<etcd::TxnResponse>(outcome);
  if (!response) return try_again();
  if (std::exchange(again_, false)) return next_step();
  if (response->succeeded()) return on_registered();
  const etcd::KeyValue there = found_by(*response);
  const auto info = parse<clusterpb::MemberInfo>(there.value());
  const bool ours = info && info->incarnation() == self_.incarnation;
  if (ours && there.lease() == lease_) return on_registered();
  // An entry without a lease would stay for ever, so no living process stands behind it.
  if (ours || there.lease() == 0) return put(there.mod_revision());
  const std::uint64_t incarnation = info ? info->incarnation() : 0;
  if (std::exchange(waiting_for_, incarnation) != incarnation) {
    scheduler_.log().warning("another process is registered at this node's address; waiting for its end",
                             {{"address", self_.address}});
  }
  try_again();
}

void EtcdRegistration::on_registered() {
  registered_ = true;
  waiting_for_.reset();
  tell_registered_(self_.gate_number);
}

void EtcdRegistration::keep_lease() {
  if (lease_ == 0) return;
  if (std::exchange(lease_unanswered_, true) && !lease_stream_broken_) {
    lease_stream_->suspect();
    lease_stream_broken_ = true;
  }
  if (std::exchange(lease_stream_broken_, false)) lease_stream_.reset();
  if (!lease_stream_) {
    lease_stream_ = std::make_unique<EtcdStream>(
        client_, etcd_method::lease_keep_alive, [this](std::string_view message) { on_lease_kept(message); },
        [this] {
          lease_stream_broken_ = true;
          next_beat_ = scheduler_.after(std::min(client_.options().retry_interval, lease_ttl_ / 3),
                                        [this] { keep_lease(); });
        });
  }
  etcd::LeaseKeepAliveRequest request;
  request.set_id(lease_);
  lease_stream_->send(request);
  next_beat_ = scheduler_.after(lease_ttl_ / 3, [this] { keep_lease(); });
}

void EtcdRegistration::on_lease_kept(std::string_view message) {
  lease_unanswered_ = false;
  const auto response = parse<etcd::LeaseKeepAliveResponse>(message);
  const bool lost = response && response->id() == lease_ && response->ttl() <= 0;
  if (lost && lease_ != 0) lose_lease();
}

void EtcdRegistration::lose_lease() {
  scheduler_.log().warning("etcd has ended this node's lease; registering again",
                           {{"address", self_.address}});
  lease_ = 0;
  lease_unanswered_ = false;
  next_beat_.cancel();
  registered_ = false;
  again_ = busy_;
  try_again();
}

void EtcdRegistration::stop(Duration timeout, Function<void()> done) {
  stopping_ = true;
  next_.cancel();
  next_beat_.cancel();
  lease_stream_.reset();
  if (lease_ == 0) return done();
  tell_stopped_ = std::move(done);
  const auto finish = [this] {
    stop_timeout_.cancel();
    if (Function<void()> told = std::exchange(tell_stopped_, {})) told();
  };
  stop_timeout_ = scheduler_.after(timeout, finish);
  etcd::LeaseRevokeRequest request;
  request.set_id(lease_);
  client_.call(etcd_method::lease_revoke, request, [finish](CallOutcome) { finish(); });
}

}  // namespace nano::cluster
