#include "cluster/registry/etcd_client.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "cluster/network/limits.h"
#include "cluster/registry/etcd.pb.h"
#include "cluster/registry/messages.h"

namespace nano::cluster {
namespace {

/// What etcd answers to calls whose token it does not know, or finds too old, or misses. The texts are part
/// of its API (api/v3rpc/rpctypes/error.go of github.com/etcd-io/etcd).
constexpr std::string_view token_refusals[] = {"invalid auth token", "revision of auth store is old",
                                               "user name is empty"};
constexpr std::string_view needs_no_token = "authentication is not enabled";

/// A server that is cut off from the others then refuses at once, and ends its streams.
constexpr const char* needs_leader = "hasleader";

bool is_lost(const NetworkError& error) { return error.unreached() || error.code == NetworkErrc::timeout; }

}  // namespace

EtcdClient::EtcdClient(Scheduler& scheduler, Network& network, EtcdOptions options)
    : scheduler_(scheduler), network_(network), options_(std::move(options)) {
  if (options_.endpoints.empty()) {
    throw std::invalid_argument("etcd has no endpoints; name at least one as host:port");
  }
  for (const std::string& endpoint : options_.endpoints) {
    if (endpoint.find(':') == std::string::npos || endpoint.find('/') != std::string::npos) {
      throw std::invalid_argument("the etcd endpoint \"" + endpoint + "\" is not host:port");
    }
  }
  channels_.resize(options_.endpoints.size());
}

Channel& EtcdClient::channel(std::size_t endpoint) {
  std::unique_ptr<Channel>& channel = channels_[endpoint];
  if (!channel) {
    channel = network_.connect(options_.endpoints[endpoint]);
    channel->set_header(needs_leader, "true");
    if (!token_.empty()) channel->set_header("token", token_);
  }
  return *channel;
}

void EtcdClient::call(std::string_view method, std::string request, CallDone done) {
  Call call{std::string{method}, std::move(request), std::move(done)};
  const bool needs_token = !options_.user.empty() && !has_asked_for_token_;
  if (!needs_token && !authenticating_) return send(std::move(call));
  waiting_.push_back(std::move(call));
  authenticate();
}

void EtcdClient::send(Call call) {
  const std::size_t endpoint = endpoint_;
  // The request is copied for the case that it has to be sent again; the others are given away.
  std::string method = call.method;
  std::string request = options_.user.empty() ? std::move(call.request) : call.request;
  channel(endpoint).call(method, std::move(request), limits::etcd_call_timeout,
                         [this, endpoint, call = std::move(call)](CallOutcome outcome) mutable {
                           on_outcome(endpoint, std::move(call), std::move(outcome));
                         });
}

void EtcdClient::on_outcome(std::size_t endpoint, Call call, CallOutcome outcome) {
  if (outcome.ok()) {
    note_success(endpoint, call.method);
  } else if (is_about_token(outcome.error()) && !call.repeated) {
    call.repeated = true;
    waiting_.push_back(std::move(call));
    return authenticate();
  } else {
    note_failure(endpoint, call.method, outcome.error());
  }
  call.done(std::move(outcome));
}

bool EtcdClient::is_about_token(const NetworkError& error) const {
  return !options_.user.empty() && error.code == NetworkErrc::refused &&
         std::any_of(std::begin(token_refusals), std::end(token_refusals),
                     [&](std::string_view text) { return error.message.find(text) != std::string::npos; });
}

void EtcdClient::authenticate() {
  if (std::exchange(authenticating_, true)) return;
  etcd::AuthenticateRequest request;
  request.set_name(options_.user);
  request.set_password(options_.password);
  const std::size_t endpoint = endpoint_;
  // Beside a token that it does not know, etcd takes no password either: a channel without one.
  authenticator_ = network_.connect(options_.endpoints[endpoint]);
  authenticator_->set_header(needs_leader, "true");
  authenticator_->call(etcd_method::authenticate, request.SerializeAsString(), limits::etcd_call_timeout,
                       [this, endpoint](CallOutcome outcome) { on_authenticated(endpoint, outcome); });
}

void EtcdClient::on_authenticated(std::size_t endpoint, const CallOutcome& outcome) {
  authenticating_ = false;
  scheduler_.post([channel = std::move(authenticator_)] {});  // this call is still in it
  if (!outcome.ok() && outcome.error().message.find(needs_no_token) == std::string::npos) {
    note_failure(endpoint, etcd_method::authenticate, outcome.error());
    return finish_waiting(outcome.error());
  }
  note_success(endpoint, etcd_method::authenticate);
  has_asked_for_token_ = true;
  const auto response = outcome.ok() ? parse<etcd::AuthenticateResponse>(outcome.response()) : std::nullopt;
  if (response) token_ = response->token();
  for (const auto& channel : channels_) {
    if (response && channel) channel->set_header("token", token_);
  }
  finish_waiting(std::nullopt);
}

void EtcdClient::finish_waiting(const std::optional<NetworkError>& error) {
  for (Call& call : std::exchange(waiting_, {})) {
    if (error) {
      call.done(*error);
    } else {
      send(std::move(call));
    }
  }
}

void EtcdClient::note_success(std::size_t endpoint, std::string_view method) {
  if (const auto refused = refusals_.find(method); refused != refusals_.end()) refusals_.erase(refused);
  if (std::exchange(reachable_, true)) return;
  scheduler_.log().info("etcd is reachable", {{"endpoint", options_.endpoints[endpoint]}});
}

void EtcdClient::note_failure(std::size_t endpoint, std::string_view method, const NetworkError& error) {
  if (!is_lost(error)) {
    std::string& logged = refusals_[std::string{method}];
    if (std::exchange(logged, error.message) != error.message) {
      scheduler_.log().warning("etcd refuses a call; trying again",
                               {{"method", method}, {"error", error.message}});
    }
    return;
  }
  const std::string& name = options_.endpoints[endpoint];
  if (endpoint == endpoint_) endpoint_ = (endpoint_ + 1) % options_.endpoints.size();
  if (!std::exchange(reachable_, false)) return;
  scheduler_.log().warning("etcd cannot be reached; trying again",
                           {{"endpoint", name}, {"error", error.message}});
  if (lost_) lost_();
}

EtcdStream::EtcdStream(EtcdClient& client, std::string_view method,
                       Function<void(std::string_view)> on_message, Function<void()> on_closed)
    : client_(client),
      method_(method),
      endpoint_(client.endpoint_),
      message_(std::move(on_message)),
      closed_(std::move(on_closed)),
      stream_(client.channel(endpoint_).open_stream(method, *this)) {}

void EtcdStream::suspect() {
  client_.note_failure(endpoint_, method_, {NetworkErrc::timeout, "a stream is silent"});
}

void EtcdStream::on_message(std::string_view message) {
  client_.note_success(endpoint_, method_);
  message_(message);
}

void EtcdStream::on_closed(const NetworkError& why) {
  if (client_.is_about_token(why)) {
    client_.authenticate();
  } else {
    client_.note_failure(endpoint_, method_, why);
  }
  closed_();
}

}  // namespace nano::cluster
