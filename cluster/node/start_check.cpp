#include "cluster/node/start_check.h"

#include <chrono>
#include <string>

#include "nano/net/tls_files.h"

namespace nano::cluster {
namespace {

PemFiles files_of_node(const NodeOptions& options) {
  return {options.tls_certificate, options.tls_key, options.tls_authority, "--cluster-tls-"};
}

std::string host_of(const std::string& address) { return address.substr(0, address.rfind(':')); }

bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host == "localhost" || host == "[::1]";
}

}  // namespace

void check_tls_files(const NodeOptions& options) {
  files_of_node(options).check();
  PemFiles{{}, {}, options.etcd_tls_authority, "--etcd-tls-"}.check();
}

void warn_at_start(const NodeOptions& options, const Log& log) {
  if (options.listen.ends_with(":0") && !options.address.ends_with(":0")) {
    log.warning(
        "--cluster-listen has port 0: the others reach this node only if what they call forwards to the port "
        "that the system chooses",
        {{"address", options.address}});
  }
  const std::string host = host_of(options.address);
  const std::string listening = options.listen.empty() ? host : host_of(options.listen);
  if (options.tls_certificate.empty()) {
    if (is_loopback(listening)) return;
    return log.warning(
        "the cluster port is open without TLS: whoever reaches it can join, push to any session and close it",
        {{"listen", options.listen.empty() ? options.address : options.listen}});
  }
  if (options.tls_authority.empty()) {
    log.warning(
        "TLS between nodes without --cluster-tls-authority: nodes show no certificates, so anyone may join");
  }
  // Nodes of one cluster have the same --cluster-tls-name.
  const std::string& name = options.tls_name.empty() ? host : options.tls_name;
  for (const std::string& sentence :
       files_of_node(options).warnings(name, std::chrono::system_clock::now())) {
    log.warning(sentence);
  }
}

}  // namespace nano::cluster
