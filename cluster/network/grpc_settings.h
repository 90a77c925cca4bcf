// Internal header. GrpcSettings: credentials and channel arguments, made from GrpcOptions.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include "cluster/network/grpc_network.h"

namespace nano::cluster {

class GrpcSettings {
 public:
  /// Throws std::runtime_error for a file that cannot be read.
  explicit GrpcSettings(const GrpcOptions& options);

  std::shared_ptr<grpc::Channel> make_channel(const std::string& address) const;
  /// Throws std::runtime_error when TLS is asked for without a certificate.
  std::shared_ptr<grpc::ServerCredentials> server_credentials() const;
  bool secure() const { return secure_; }
  void apply(grpc::ServerBuilder& builder) const;

 private:
  int keepalive_ms_;
  int keepalive_timeout_ms_;
  bool secure_ = false;
  std::string ca_;
  std::string certificate_;
  std::string key_;
  std::string server_name_;
};

}  // namespace nano::cluster
