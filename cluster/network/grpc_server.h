// Internal header. GrpcServer: the serving side of GrpcNetwork.
#pragma once

#include <memory>
#include <string>

#include "cluster/network/grpc_settings.h"
#include "cluster/network/network.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Logic thread only.
class GrpcServer {
 public:
  /// As Network::listen().
  GrpcServer(Scheduler& scheduler, const GrpcSettings& settings, const std::string& address,
             Service& service);
  /// As Network::stop().
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  const std::string& address() const { return address_; }

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
  std::string address_;
};

}  // namespace nano::cluster
