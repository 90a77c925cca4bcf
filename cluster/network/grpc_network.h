// Public header. GrpcNetwork: the network of real nodes, over gRPC (HTTP/2), plain or with TLS.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cluster/network/limits.h"
#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Paths of PEM files.
struct GrpcTls {
  /// Who signs the certificates of peers. Servers demand one of their clients. Empty: clients go by the
  /// system's authorities and servers demand none.
  std::string ca{};
  /// This node's own certificate and its key, for both roles. Both empty: clients show none, and listen()
  /// throws.
  std::string certificate{};
  std::string key{};
  /// The name that a server's certificate must bear. Empty: the host of its address.
  std::string server_name{};
};

struct GrpcOptions {
  std::optional<GrpcTls> tls{};
  /// A connection in use over which nothing comes for this long is asked whether it lives, and given up
  /// `keepalive_timeout` later. Servers of others may close connections that ask too often.
  Duration keepalive = limits::grpc_keepalive;
  Duration keepalive_timeout = limits::grpc_keepalive_timeout;
};

/// Methods of the package `clusterpb` are served as calls, all others as streams. Requests, answers and
/// messages are handed on as they are, 64 MiB each at the most; a longer one ends its call or stream.
///
/// Each channel has a connection of its own and tries again within two seconds while it is used. A refusal
/// reaches other kinds of nodes as status UNKNOWN with its message, as errors of Go services do.
///
/// A stream that gets messages faster than the logic thread takes them holds about 4 MiB of them; the sender
/// then waits.
///
/// gRPC runs threads of its own, which only hand over to the logic thread. What it has to say of its troubles
/// goes to the Scheduler's log (GrpcLog).
class GrpcNetwork final : public Network {
 public:
  /// `scheduler` must outlive it. Throws std::runtime_error for a file that cannot be read.
  GrpcNetwork(Scheduler& scheduler, const GrpcOptions& options);
  /// stop(), and ends what its channels have under way without a word. Channels and streams may outlive it
  /// and then do nothing.
  ~GrpcNetwork() override;
  GrpcNetwork(const GrpcNetwork&) = delete;
  GrpcNetwork& operator=(const GrpcNetwork&) = delete;

  /// Once. ":3250" serves all interfaces.
  std::string listen(const std::string& address, Service& service) override;
  std::unique_ptr<Channel> connect(const std::string& address) override;
  /// Ends what is served: to clients the node is unreachable from now on; the service hears nothing more.
  /// Blocks for up to about a second when a client does not take its last answers. Channels go on.
  void stop() override;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace nano::cluster
