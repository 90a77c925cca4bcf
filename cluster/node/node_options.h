// Public header. NodeOptions: how one node takes part in a cluster.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cluster/network/limits.h"
#include "nano/application/options.h"

namespace nano::cluster {

/// Plain values, the operator's: fill in, or hand flags() to Options::from_command_line(). Without an address
/// the application stands alone.
struct NodeOptions {
  std::string address;   ///< "host:port" where the other nodes reach this one; its name in the cluster
  std::string listen;    ///< "host:port" to listen on, where that is not the address
  bool master = false;   ///< this node keeps the list of members
  std::string registry;  ///< "host:port" of the master, or "etcd://host:port,host:port/prefix"
  std::string label;     ///< free text for routing functions, as "eu-west"
  /// Between attempts to reach the registry.
  double register_interval_s = in_seconds(limits::register_interval);
  /// A client's request that a backend leaves unanswered fails then.
  double request_timeout_s = in_seconds(limits::request_timeout);

  // TLS between nodes, PEM files. With an authority, nodes must show a certificate of it to each other.
  std::string tls_authority;
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_name;  ///< the name in the others' certificates, where it is not the host of their address

  // For etcd.
  std::string etcd_user;
  std::string etcd_password;       ///< better given as the environment variable than on the command line
  std::string etcd_tls_authority;  ///< PEM file; empty: no TLS towards etcd

  Duration register_interval() const { return seconds(register_interval_s); }
  Duration request_timeout() const { return seconds(request_timeout_s); }
  bool standalone() const { return address.empty(); }

  /// These options as flags of the program: --cluster-address and so on, each with an environment variable.
  /// They are written into this object, which must stay where it is until the parsing is done.
  std::vector<ProgramOption> flags();

  /// Throws std::invalid_argument with a sentence that says what to change when values are not possible.
  void check() const;

 private:
  static constexpr double in_seconds(Duration time) { return std::chrono::duration<double>(time).count(); }
  static Duration seconds(double number) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(number));
  }
};

}  // namespace nano::cluster
