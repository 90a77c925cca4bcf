// Internal header. Crowd: many clients, connected a few at a time so that no listener's backlog overflows.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "benchmark/load/client.h"
#include "benchmark/load/failures.h"
#include "benchmark/load/loop.h"

namespace nano::benchmark {

/// Lets this process open `sockets` sockets and some files. Throws std::runtime_error with a sentence that
/// says what to change.
void allow_sockets(std::size_t sockets);

/// Connects the clients and returns when all are open. Throws std::runtime_error when one fails, or when they
/// are not done in time.
void connect_all(Loop& loop, const Failures& failures, const std::vector<Client*>& clients);

/// The same for the owners of clients.
template <class Made>
void connect_all(Loop& loop, const Failures& failures, const std::vector<std::unique_ptr<Made>>& owned) {
  std::vector<Client*> clients;
  for (const auto& client : owned) clients.push_back(client.get());
  connect_all(loop, failures, clients);
}

/// How many of them have not been closed.
template <class Made>
std::size_t count_open(const std::vector<std::unique_ptr<Made>>& clients) {
  std::size_t open = 0;
  for (const auto& client : clients) open += client->state() == Client::State::open ? 1 : 0;
  return open;
}

}  // namespace nano::benchmark
