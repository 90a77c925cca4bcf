// Internal header. The registry and the network that a node's options ask for.
#pragma once

#include <memory>
#include <string>

#include "cluster/network/network.h"
#include "cluster/node/node_options.h"
#include "cluster/registry/registry.h"
#include "nano/scheduler/scheduler.h"

namespace nano::cluster {

/// Over gRPC. Throws std::runtime_error with a sentence when a certificate cannot be read.
std::unique_ptr<Network> make_network(Scheduler& scheduler, const NodeOptions& options);

bool is_etcd(const std::string& registry);

/// Throws std::invalid_argument with a sentence for a registry that there cannot be.
void check_registry(const NodeOptions& options);

/// For options that are checked. The scheduler and the network must outlive it. Throws std::runtime_error
/// with a sentence when a certificate cannot be read.
std::unique_ptr<Registry> make_registry(Scheduler& scheduler, Network& network, const NodeOptions& options);

}  // namespace nano::cluster
