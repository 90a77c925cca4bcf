#include "cluster/node/node_options.h"

#include <stdexcept>

#include "cluster/network/limits.h"
#include "cluster/node/make_registry.h"
#include "cluster/registry/member.h"
#include "protocol/utf8.h"

namespace nano::cluster {

std::vector<ProgramOption> NodeOptions::flags() {
  return {
      {"--cluster-address",
       "host:port where the other nodes reach this one; without it the server stands alone", &address,
       "NANO_CLUSTER_ADDRESS"},
      {"--cluster-listen", "host:port to listen on for other nodes, where that is not --cluster-address",
       &listen, "NANO_CLUSTER_LISTEN"},
      {"--cluster-master", "This node keeps the list of the cluster's members", &master,
       "NANO_CLUSTER_MASTER"},
      {"--cluster-registry", "host:port of the master, or etcd://host:port,host:port/prefix", &registry,
       "NANO_CLUSTER_REGISTRY"},
      {"--cluster-label", "Free text that routing functions see", &label, "NANO_CLUSTER_LABEL"},
      {"--cluster-register-interval", "Seconds between attempts to reach the registry", &register_interval_s,
       "NANO_CLUSTER_REGISTER_INTERVAL"},
      {"--cluster-request-timeout", "Seconds until a request that another node does not answer fails",
       &request_timeout_s, "NANO_CLUSTER_REQUEST_TIMEOUT"},
      {"--cluster-tls-authority", "PEM file: the authority that signs the certificates of the nodes",
       &tls_authority, "NANO_CLUSTER_TLS_AUTHORITY"},
      {"--cluster-tls-certificate", "PEM file: this node's certificate", &tls_certificate,
       "NANO_CLUSTER_TLS_CERTIFICATE"},
      {"--cluster-tls-key", "PEM file: its private key", &tls_key, "NANO_CLUSTER_TLS_KEY"},
      {"--cluster-tls-name", "The name in the other nodes' certificates, where it is not their host",
       &tls_name, "NANO_CLUSTER_TLS_NAME"},
      {"--etcd-user", "User of etcd, where it asks for one", &etcd_user, "NANO_ETCD_USER"},
      {"--etcd-password", "Its password; safer given as the environment variable", &etcd_password,
       "NANO_ETCD_PASSWORD"},
      {"--etcd-tls-authority",
       "PEM file: the authority that signs etcd's certificate; with it etcd is spoken "
       "to with TLS",
       &etcd_tls_authority, "NANO_ETCD_TLS_AUTHORITY"},
  };
}

void NodeOptions::check() const {
  const auto require = [](bool holds, const std::string& sentence) {
    if (!holds) throw std::invalid_argument(sentence);
  };
  if (standalone()) {
    require(!master && registry.empty() && label.empty() && listen.empty() && tls_authority.empty() &&
                tls_certificate.empty() && tls_key.empty() && tls_name.empty() && etcd_user.empty() &&
                etcd_password.empty() && etcd_tls_authority.empty(),
            "A node of a cluster needs --cluster-address, the host:port where the others reach it.");
    return;
  }
  const auto require_text = [&](const std::string& text, std::size_t bytes_max, const std::string& option) {
    require(text.size() <= bytes_max && protocol::is_utf8(text),
            option + " is UTF-8 of at most " + std::to_string(bytes_max) + " bytes.");
  };
  require_text(address, limits::address_bytes, "--cluster-address");
  require_text(label, limits::label_bytes, "--cluster-label (or NANO_CLUSTER_LABEL)");
  require(is_address(address, 0), "--cluster-address is host:port, not \"" + address + "\".");
  require(!names_no_host(address),
          "--cluster-address is where the other nodes reach this one, which is not \"" + address +
              "\"; to listen on all addresses, say so with --cluster-listen.");
  require(listen.empty() || is_address(listen, 0), "--cluster-listen is host:port, not \"" + listen + "\".");
  require(master != !registry.empty(),
          "A node is the master (--cluster-master), or has a registry (--cluster-registry): one of both.");
  check_registry(*this);
  require(registry != address,
          "--cluster-registry is this node's own address: the node that is the master says --cluster-master "
          "instead, and another one has an address of its own.");
  require(
      is_etcd(registry) || (etcd_user.empty() && etcd_password.empty() && etcd_tls_authority.empty()),
      "--etcd-user, --etcd-password and --etcd-tls-authority are for --cluster-registry etcd://..., which "
      "this node does not have.");
  const auto require_time = [&](double time_s, const std::string& option) {
    require(time_s >= in_seconds(limits::option_time_least) && time_s <= in_seconds(limits::option_time_most),
            option + " is a number of seconds from 0.01 to 3600.");
  };
  require_time(register_interval_s, "--cluster-register-interval");
  require_time(request_timeout_s, "--cluster-request-timeout");
  require(tls_certificate.empty() == tls_key.empty(),
          "--cluster-tls-certificate and --cluster-tls-key go together: give both files, or none.");
  require(
      tls_authority.empty() || !tls_certificate.empty(),
      "--cluster-tls-authority needs --cluster-tls-certificate and --cluster-tls-key, too: each node shows "
      "its own to the others.");
  require(tls_name.empty() || !tls_certificate.empty(),
          "--cluster-tls-name is the name in the nodes' certificates: it needs --cluster-tls-certificate.");
  require(etcd_user.empty() == etcd_password.empty(),
          "--etcd-user and NANO_ETCD_PASSWORD go together: give both, or none.");
}

}  // namespace nano::cluster
