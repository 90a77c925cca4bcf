#include "cluster/make_registry.h"

#include "cluster/network/grpc_network.h"
#include "cluster/registry/local_registry.h"
#include "cluster/registry/master_registry.h"

namespace nano::cluster {

std::unique_ptr<Network> make_network(Scheduler& scheduler, const NodeOptions& options) {
  GrpcOptions grpc;
  if (!options.tls_certificate.empty()) {
    grpc.tls = GrpcTls{options.tls_authority, options.tls_certificate, options.tls_key, options.tls_name};
  }
  return std::make_unique<GrpcNetwork>(scheduler, grpc);
}

std::unique_ptr<Registry> make_registry(Scheduler& scheduler, Network& network, const NodeOptions& options) {
  if (options.master) return std::make_unique<LocalRegistry>(scheduler, network, MasterOptions{});
  return std::make_unique<MasterRegistry>(scheduler, network, options.registry, options.register_interval());
}

}  // namespace nano::cluster
