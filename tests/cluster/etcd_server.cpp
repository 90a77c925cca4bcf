#include "tests/cluster/etcd_server.h"

#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>

namespace nano::cluster {

std::optional<std::string> EtcdServer::program() {
  const char* path = std::getenv("PATH");
  std::istringstream folders{path ? path : ""};
  for (std::string folder; std::getline(folders, folder, ':');) {
    std::string file = folder + "/etcd";
    if (::access(file.c_str(), X_OK) == 0) return file;
  }
  return std::nullopt;
}

EtcdServer::EtcdServer(std::string scheme, std::vector<std::string> arguments)
    : scheme_(std::move(scheme)), arguments_(std::move(arguments)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "nano-etcd-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no folder for etcd's data");
  folder_ = pattern;
}

EtcdServer::~EtcdServer() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void EtcdServer::start_at(const std::string& address) {
  const std::string url = scheme_ + "://" + address;
  const std::string no_peers = "http://127.0.0.1:1";  // nobody ever connects there
  std::vector<std::string> arguments{"--name=test",
                                     "--data-dir=" + (folder_ / "data").string(),
                                     "--listen-client-urls=" + url,
                                     "--advertise-client-urls=" + url,
                                     "--listen-peer-urls=http://127.0.0.1:0",
                                     "--initial-advertise-peer-urls=" + no_peers,
                                     "--initial-cluster=test=" + no_peers,
                                     "--heartbeat-interval=20",
                                     "--election-timeout=200",
                                     "--bcrypt-cost=4",
                                     "--backend-batch-limit=1",  // what was done stays done after a kill
                                     "--logger=zap",
                                     "--log-outputs=" + (folder_ / "log").string()};
  arguments.insert(arguments.end(), arguments_.begin(), arguments_.end());
  // A test that is killed takes it along.
  process_ = std::make_unique<sockets::Process>(*program(), std::move(arguments),
                                                [] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
}

}  // namespace nano::cluster
