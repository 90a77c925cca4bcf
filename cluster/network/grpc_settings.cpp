#include "cluster/network/grpc_settings.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "cluster/network/limits.h"

namespace nano::cluster {
namespace {

std::string read_file(const std::string& path, const char* what) {
  if (path.empty()) return {};
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file || text.empty()) {
    throw std::runtime_error("The file " + path + " (" + what + " for TLS) cannot be read or is empty.");
  }
  return text;
}

int to_ms(Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

}  // namespace

GrpcSettings::GrpcSettings(const GrpcOptions& options)
    : keepalive_ms_(to_ms(options.keepalive)), keepalive_timeout_ms_(to_ms(options.keepalive_timeout)) {
  if (!options.tls) return;
  secure_ = true;
  ca_ = read_file(options.tls->ca, "the authorities");
  certificate_ = read_file(options.tls->certificate, "the certificate");
  key_ = read_file(options.tls->key, "the key");
  server_name_ = options.tls->server_name;
  if (certificate_.empty() != key_.empty()) {
    throw std::runtime_error(
        "A certificate for TLS and its key belong together, and one of them is missing.");
  }
}

std::shared_ptr<grpc::Channel> GrpcSettings::make_channel(const std::string& address) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, to_ms(limits::grpc_reconnect_first));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, to_ms(limits::grpc_reconnect_longest));
  // gRPC takes the longest time of an attempt as the least time between two.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, to_ms(limits::grpc_connect_timeout));
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, to_ms(limits::grpc_resolve_interval));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_ms_);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive_timeout_ms_);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // Otherwise a new channel waits for the backoff of an old one to the same address.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(limits::grpc_message_bytes);
  arguments.SetMaxSendMessageSize(limits::grpc_message_bytes);
  if (!secure_) return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  if (!server_name_.empty()) arguments.SetSslTargetNameOverride(server_name_);
  const grpc::SslCredentialsOptions tls{
      .pem_root_certs = ca_, .pem_private_key = key_, .pem_cert_chain = certificate_};
  return grpc::CreateCustomChannel(address, grpc::SslCredentials(tls), arguments);
}

std::shared_ptr<grpc::ServerCredentials> GrpcSettings::server_credentials() const {
  if (!secure_) return grpc::InsecureServerCredentials();
  if (certificate_.empty()) throw std::runtime_error("A node that listens with TLS needs a certificate.");
  grpc::SslServerCredentialsOptions tls{ca_.empty()
                                            ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                            : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY};
  tls.pem_root_certs = ca_;
  tls.pem_key_cert_pairs.push_back({key_, certificate_});
  return grpc::SslServerCredentials(tls);
}

void GrpcSettings::apply(grpc::ServerBuilder& builder) const {
  builder.SetMaxReceiveMessageSize(limits::grpc_message_bytes);
  builder.SetMaxSendMessageSize(limits::grpc_message_bytes);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             to_ms(limits::grpc_ping_interval_least));
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, keepalive_ms_);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, keepalive_timeout_ms_);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
}

}  // namespace nano::cluster
