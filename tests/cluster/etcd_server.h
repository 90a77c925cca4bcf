// Internal header. For tests: a real etcd as a process of its own, on loopback, with data of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster/network/reserved_port_for_tests.h"
#include "tests/sockets/process.h"

namespace nano::cluster {

class EtcdServer {
 public:
  /// Where the program is, if it is installed.
  static std::optional<std::string> program();

  /// Does not start it. `scheme`: "http", or "https" with the fitting arguments.
  explicit EtcdServer(std::string scheme = "http", std::vector<std::string> arguments = {});
  /// Kills it, and removes its data.
  ~EtcdServer();
  EtcdServer(const EtcdServer&) = delete;
  EtcdServer& operator=(const EtcdServer&) = delete;

  /// Begins to start it, at the same address each time.
  void start() { start_at(address()); }
  void start_at(const std::string& address);
  /// As a crash would end it. Its data stay.
  void kill() { process_.reset(); }
  std::string address() const { return port_.address(); }

 private:
  const std::string scheme_;
  const std::vector<std::string> arguments_;
  const ReservedPort port_;
  std::filesystem::path folder_;
  std::unique_ptr<sockets::Process> process_;
};

}  // namespace nano::cluster
