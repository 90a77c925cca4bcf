#include "cluster/node/make_registry.h"

#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cluster/network/grpc_network.h"
#include "cluster/network/limits.h"
#include "cluster/registry/etcd_registry.h"
#include "cluster/registry/local_registry.h"
#include "cluster/registry/master_registry.h"

namespace nano::cluster {
namespace {

constexpr std::string_view etcd_scheme = "etcd://";

/// Etcd's certificates are not the cluster's, so it is spoken to over a network of its own.
class EtcdOverOwnNetwork final : public Registry {
 public:
  EtcdOverOwnNetwork(Scheduler& scheduler, const GrpcOptions& grpc, EtcdOptions options)
      : network_(scheduler, grpc), registry_(scheduler, network_, std::move(options)) {}

  void join(Member self, RegistryEvents& events) override { registry_.join(std::move(self), events); }
  void leave(Function<void()> done) override { registry_.leave(std::move(done)); }
  bool on_call(std::string_view method, std::string_view request, CallReply& reply) override {
    return registry_.on_call(method, request, reply);
  }

 private:
  GrpcNetwork network_;
  EtcdRegistry registry_;
};

/// "etcd://host:port,host:port/prefix"
EtcdOptions parse_etcd(const NodeOptions& options) {
  const std::string text = options.registry.substr(etcd_scheme.size());
  EtcdOptions etcd;
  const auto slash = text.find('/');
  if (slash != std::string::npos && slash + 1 < text.size()) etcd.prefix = text.substr(slash);
  std::string_view endpoints = std::string_view{text}.substr(0, slash);
  while (!endpoints.empty()) {
    const auto comma = endpoints.find(',');
    etcd.endpoints.emplace_back(endpoints.substr(0, comma));
    endpoints = comma == std::string_view::npos ? std::string_view{} : endpoints.substr(comma + 1);
  }
  etcd.user = options.etcd_user;
  etcd.password = options.etcd_password;
  return etcd;
}

/// A sentence, or nothing.
std::string problem_of_registry(const NodeOptions& options) {
  const std::string& registry = options.registry;
  const std::string form =
      "--cluster-registry is the host:port of the master, or "
      "etcd://host:port,host:port/prefix, not \"" +
      registry + "\"";
  const auto scheme = registry.find("://");
  if (!is_etcd(registry) && scheme != std::string::npos) {
    return form + ": the only scheme is etcd://, with or without --etcd-tls-authority.";
  }
  std::vector<std::string> endpoints{registry};
  if (is_etcd(registry)) endpoints = parse_etcd(options).endpoints;
  if (endpoints.empty()) return form + ".";
  std::set<std::string> seen;
  for (const std::string& endpoint : endpoints) {
    if (!is_address(endpoint)) return form + ".";
    if (names_no_host(endpoint)) return form + ": nobody can be called at \"" + endpoint + "\".";
    if (!seen.insert(endpoint).second) return form + ": \"" + endpoint + "\" is in it twice.";
  }
  return {};
}

}  // namespace

bool is_etcd(const std::string& registry) { return registry.starts_with(etcd_scheme); }

void check_registry(const NodeOptions& options) {
  if (options.master) return;
  const std::string problem = problem_of_registry(options);
  if (!problem.empty()) throw std::invalid_argument(problem);
}

std::unique_ptr<Network> make_network(Scheduler& scheduler, const NodeOptions& options) {
  GrpcOptions grpc;
  if (!options.tls_certificate.empty()) {
    grpc.tls = GrpcTls{options.tls_authority, options.tls_certificate, options.tls_key, options.tls_name};
  }
  return std::make_unique<GrpcNetwork>(scheduler, grpc);
}

std::unique_ptr<Registry> make_registry(Scheduler& scheduler, Network& network, const NodeOptions& options) {
  if (options.master) return std::make_unique<LocalRegistry>(scheduler, network, MasterOptions{});
  if (!is_etcd(options.registry)) {
    return std::make_unique<MasterRegistry>(scheduler, network, options.registry,
                                            options.register_interval());
  }
  GrpcOptions grpc;
  grpc.keepalive = limits::etcd_keepalive;
  if (!options.etcd_tls_authority.empty()) grpc.tls = GrpcTls{.ca = options.etcd_tls_authority};
  return std::make_unique<EtcdOverOwnNetwork>(scheduler, grpc, parse_etcd(options));
}

}  // namespace nano::cluster
