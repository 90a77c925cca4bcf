#include "examples/cluster/nodes_page.h"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

namespace cluster_chat {
namespace {

NodeState self_of(const nano::cluster::Node& node) {
  const nano::cluster::Member self = node.self();
  if (self.address.empty()) return {"alone", "", {"Gate", "Room", "Stats"}};
  return {self.label, self.address, self.services};
}

}  // namespace

nano::Task<nano::HttpResponse> nodes_page(nano::Application& app, const nano::cluster::Node& node,
                                          const std::vector<std::string>& gates) {
  const nano::CallOptions options{.timeout = std::chrono::seconds{1}};
  const Nothing nothing;
  const nano::Result<Totals> totals = co_await app.call<Totals>("Stats.Totals", nothing, options);

  NodesPage page{.gates = gates, .nodes = {self_of(node)}, .totals = std::nullopt};
  if (totals) page.totals = *totals;
  for (const nano::cluster::Member& member : node.members()) {
    page.nodes.push_back({member.label, member.address, member.services});
  }
  std::sort(page.nodes.begin(), page.nodes.end(), [](const NodeState& a, const NodeState& b) {
    return std::tie(a.name, a.address) < std::tie(b.name, b.address);
  });

  std::string json;
  nano::encode_payload(app.codec(), page, json);
  co_return nano::HttpResponse::json(std::move(json)).add_header("Access-Control-Allow-Origin", "*");
}

}  // namespace cluster_chat
