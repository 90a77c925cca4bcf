#include "cluster/network/grpc_network.h"

#include <stdexcept>
#include <utility>

#include "cluster/network/grpc_channel.h"
#include "cluster/network/grpc_handover.h"
#include "cluster/network/grpc_log.h"
#include "cluster/network/grpc_server.h"
#include "cluster/network/grpc_settings.h"

namespace nano::cluster {

class GrpcNetwork::Parts {
 public:
  Parts(Scheduler& scheduler_for_all, const GrpcOptions& options)
      : scheduler(scheduler_for_all),
        log(scheduler_for_all.log()),
        settings(options),
        handover(std::make_shared<GrpcHandover>(scheduler_for_all)) {}

  Scheduler& scheduler;
  const GrpcLog log;
  const GrpcSettings settings;
  /// Of the client side; the server has its own.
  const std::shared_ptr<GrpcHandover> handover;
  std::unique_ptr<GrpcServer> server;
  bool listened = false;
};

GrpcNetwork::GrpcNetwork(Scheduler& scheduler, const GrpcOptions& options)
    : parts_(std::make_unique<Parts>(scheduler, options)) {}

GrpcNetwork::~GrpcNetwork() {
  stop();
  parts_->handover->close();
}

std::string GrpcNetwork::listen(const std::string& address, Service& service) {
  if (parts_->listened) throw std::runtime_error("This node listens already; it cannot on " + address + ".");
  parts_->server = std::make_unique<GrpcServer>(parts_->scheduler, parts_->settings, address, service);
  parts_->listened = true;
  return parts_->server->address();
}

std::unique_ptr<Channel> GrpcNetwork::connect(const std::string& address) {
  return connect_grpc(parts_->handover, parts_->settings, address);
}

void GrpcNetwork::stop() { parts_->server.reset(); }

}  // namespace nano::cluster
