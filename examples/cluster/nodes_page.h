// Internal header. What a gate tells its pages over HTTP: the nodes, the gates, and the master's counts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/cluster.h"
#include "examples/cluster/messages.h"

namespace cluster_chat {

struct NodeState {
  std::string name;
  std::string address;
  std::vector<std::string> services;
};
BOOST_DESCRIBE_STRUCT(NodeState, (), (name, address, services))

struct NodesPage {
  std::vector<std::string> gates;  // addresses of gates for pages, as far as this one knows them
  std::vector<NodeState> nodes;    // those that are there now, by name
  std::optional<Totals> totals;    // none while the master cannot be reached
};
BOOST_DESCRIBE_STRUCT(NodesPage, (), (gates, nodes, totals))

/// The page as JSON, for pages of any gate. Logic thread; what is referred to must outlive the application's
/// run.
nano::Task<nano::HttpResponse> nodes_page(nano::Application& app, const nano::cluster::Node& node,
                                          const std::vector<std::string>& gates);

}  // namespace cluster_chat
