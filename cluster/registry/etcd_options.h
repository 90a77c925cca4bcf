// Public header. EtcdOptions: how a node finds its cluster in etcd.
#pragma once

#include <string>
#include <vector>

#include "cluster/network/limits.h"
#include "nano/base/clock.h"

namespace nano::cluster {

struct EtcdOptions {
  std::vector<std::string> endpoints = {};  ///< "host:port" each; when one fails, the next is asked
  std::string prefix = "/nano";             ///< all keys begin with it; nodes of one cluster share it
  std::string user = {};                    ///< empty: etcd asks for none
  std::string password = {};
  /// A node that etcd has not heard of for this long is gone. Whole seconds; etcd may take more, 2 at least.
  Duration lease_ttl = limits::etcd_lease_ttl;
  Duration retry_interval = limits::etcd_retry_interval;  ///< between attempts
};

}  // namespace nano::cluster
