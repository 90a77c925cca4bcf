// Public header. EtcdOptions: how a node finds its cluster in etcd.
#pragma once

#include <string>
#include <vector>

#include "nano/base/clock.h"

namespace nano::cluster {

struct EtcdOptions {
  std::vector<std::string> endpoints = {};  ///< "host:port" each; when one fails, the next is asked
  std::string prefix = "/nano";             ///< all keys begin with it; nodes of one cluster share it
  std::string user = {};                    ///< empty: etcd asks for none
  std::string password = {};
  /// A node that etcd has not heard of for this long is gone. Whole seconds; etcd may take more, 2 at least.
  Duration lease_ttl = std::chrono::seconds{5};
  Duration retry_interval = std::chrono::milliseconds{500};  ///< between attempts
};

}  // namespace nano::cluster
