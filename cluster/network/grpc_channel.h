// Internal header. The client side of GrpcNetwork: channels, their calls and streams.
#pragma once

#include <memory>
#include <string>

#include "cluster/network/grpc_handover.h"
#include "cluster/network/grpc_settings.h"
#include "cluster/network/network.h"

namespace nano::cluster {

/// Does not connect before it is used. The channel may outlive the network.
std::unique_ptr<Channel> connect_grpc(std::shared_ptr<GrpcHandover> handover, const GrpcSettings& settings,
                                      const std::string& address);

}  // namespace nano::cluster
