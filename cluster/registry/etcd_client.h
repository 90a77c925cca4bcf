// Internal header. EtcdClient: calls and streams to one of several etcd servers, with a token where it asks
// for one.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/network/network.h"
#include "cluster/registry/etcd_options.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

namespace etcd_method {
inline constexpr std::string_view range = "/etcdserverpb.KV/Range";
inline constexpr std::string_view txn = "/etcdserverpb.KV/Txn";
inline constexpr std::string_view lease_grant = "/etcdserverpb.Lease/LeaseGrant";
inline constexpr std::string_view lease_revoke = "/etcdserverpb.Lease/LeaseRevoke";
inline constexpr std::string_view lease_keep_alive = "/etcdserverpb.Lease/LeaseKeepAlive";
inline constexpr std::string_view watch = "/etcdserverpb.Watch/Watch";
inline constexpr std::string_view authenticate = "/etcdserverpb.Auth/Authenticate";
}  // namespace etcd_method

/// Asks one server until it fails, then the next. Calls are not repeated there: that is up to who calls,
/// after the retry interval. A token that etcd does not take any more is replaced, and the call made again,
/// unseen. What fails is logged once until it works again. Logic thread only.
class EtcdClient {
 public:
  /// The scheduler and the network must outlive this. Throws std::invalid_argument with a sentence for
  /// endpoints that are none.
  EtcdClient(Scheduler& scheduler, Network& network, EtcdOptions options);

  const EtcdOptions& options() const { return options_; }
  Scheduler& scheduler() { return scheduler_; }

  /// `lost` is told once when the server at hand cannot be reached any more: streams may still seem whole. It
  /// must neither destroy streams nor make calls.
  void on_lost(Function<void()> lost) { lost_ = std::move(lost); }
  /// `done` is not called after this client's end.
  void call(std::string_view method, std::string request, CallDone done);
  template <class Request>
  void call(std::string_view method, const Request& request, CallDone done) {
    call(method, request.SerializeAsString(), std::move(done));
  }

 private:
  friend class EtcdStream;

  struct Call {
    std::string method;
    std::string request;
    CallDone done;
    bool repeated = false;
  };

  Channel& channel(std::size_t endpoint);
  void send(Call call);
  void on_outcome(std::size_t endpoint, Call call, CallOutcome outcome);
  bool is_about_token(const NetworkError& error) const;
  void authenticate();
  void on_authenticated(std::size_t endpoint, const CallOutcome& outcome);
  void finish_waiting(const std::optional<NetworkError>& error);
  void note_success(std::size_t endpoint, std::string_view method);
  void note_failure(std::size_t endpoint, std::string_view method, const NetworkError& error);

  Scheduler& scheduler_;
  Network& network_;
  const EtcdOptions options_;
  std::vector<std::unique_ptr<Channel>> channels_;  // by endpoint; connected when first used
  std::size_t endpoint_ = 0;
  std::string token_;
  bool has_asked_for_token_ = false;
  std::unique_ptr<Channel> authenticator_;  // while a token is asked for
  bool authenticating_ = false;
  std::vector<Call> waiting_;  // for the token
  bool reachable_ = true;
  Function<void()> lost_;
  std::map<std::string, std::string, std::less<>> refusals_;  // by method, as logged
};

/// One stream to the server that the client asks at its beginning. After on_closed it is of no more use; it
/// must not be destroyed within either callback.
class EtcdStream final : private StreamEvents {
 public:
  EtcdStream(EtcdClient& client, std::string_view method, Function<void(std::string_view)> on_message,
             Function<void()> on_closed);

  template <class Request>
  void send(const Request& request) {
    stream_->send(request.SerializeAsString());
  }
  /// It is silent although it should not be: the client goes on with the next server.
  void suspect();

 private:
  void on_message(std::string_view message) override;
  void on_closed(const NetworkError& why) override;

  EtcdClient& client_;
  const std::string_view method_;
  const std::size_t endpoint_;
  Function<void(std::string_view)> message_;
  Function<void()> closed_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace nano::cluster
