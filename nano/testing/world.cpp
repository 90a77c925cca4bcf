#include "nano/testing/world.h"

#include <algorithm>
#include <optional>

#include "nano/testing/advance.h"

namespace nano::testing {

World::World(std::uint64_t seed, Options options) : World(seed, std::move(options), own_clock_) {}

World::World(std::uint64_t seed, Options options, ManualClock& clock)
    : seed_(seed), random_(seed), clock_(clock) {
  app_ = std::make_unique<Application>(std::move(options),
                                       Environment{clock_, driver_, workers_, log_.log(), seed});
  send_total_ = std::make_shared<SendTotal>(app_->options().send_queues_bytes_max);
  app_->scheduler().adopt_thread();
}

World::~World() {
  if (!app_->stopped()) stop();
  if (!app_->stopped()) stop();  // asked twice it does not wait
}

void World::start() {
  app_->start();
  settle();
}

void World::stop() {
  app_->stop();
  settle();
  while (&clock_ == &own_clock_ && !app_->stopped()) {
    const std::optional<TimePoint> next = app_->scheduler().next_deadline();
    if (!next) return;
    advance(std::max(*next - clock_.now(), Duration::zero()));
  }
}

std::shared_ptr<Client> World::connect_silently() {
  // Addresses of the range kept for documentation (RFC 5737), one for each client.
  const int number = clients_made_++;
  std::string address = "192.0.2." + std::to_string(number % 256) + ":" + std::to_string(1024 + number / 256);
  auto wire =
      std::make_shared<MemoryWire>(std::move(address), app_->options().send_queue_bytes_max, send_total_);
  auto client = std::make_shared<Client>(*this, wire);
  client->server_ = app_->connect(wire);
  clients_.push_back(client);
  return client;
}

std::shared_ptr<Client> World::connect(std::string_view user_json) {
  auto client = connect_silently();
  client->send_handshake(R"({"sys":{"type":"test","version":"1"},"user":)" + std::string{user_json} + "}");
  settle();
  return client;
}

std::shared_ptr<HttpCall> World::http(std::string_view method, std::string_view target, std::string_view body,
                                      const std::vector<HttpHeader>& headers) {
  auto call = std::make_shared<HttpCall>(*app_);
  call->ask(method, target, body, headers);
  settle();
  return call;
}

void World::advance(Duration duration) {
  testing::advance(clock_, app_->scheduler(), duration, [this] { settle(); });
}

void World::settle() {
  while (run_ready()) {
  }
}

bool World::run_ready() {
  bool active = app_->scheduler().run_ready() > 0;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (const auto client = clients_[i].lock()) active |= client->read();
  }
  std::erase_if(clients_, [](const auto& client) { return client.expired(); });
  return active;
}

std::vector<protocol::ByteView> World::split(protocol::ByteView bytes) {
  std::vector<protocol::ByteView> chunks;
  while (!bytes.empty()) {
    // Mostly whole, sometimes torn: both happen on networks, and whole ones keep tests quick.
    const bool torn = bytes.size() > 1 && random_() % 4 == 0;
    const std::size_t chunk_bytes = torn ? 1 + random_() % (bytes.size() - 1) : bytes.size();
    chunks.push_back(bytes.first(chunk_bytes));
    bytes = bytes.subspan(chunk_bytes);
  }
  return chunks;
}

}  // namespace nano::testing
