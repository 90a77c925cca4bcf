// The handshake: its documents, and the whole life of a connection that says nothing else.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "benchmark/micro/measure.h"
#include "benchmark/micro/memory_server.h"
#include "protocol/handshake.h"

namespace nano::benchmark {
namespace {

using protocol::RouteDictionary;

std::string dictionary_json(std::size_t routes) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < routes; ++i) names.push_back("Service" + std::to_string(i) + ".Method");
  return protocol::encode_dict(RouteDictionary::from_routes(std::move(names)));
}

void parse_client_handshake(State& state) {
  const std::string document =
      R"({"sys":{"type":"js-websocket","version":"1.1.1","rsa":{}},"user":{"token":"0123456789abcdef"}})";
  std::string version;
  for (auto _ : state) {
    auto parsed = protocol::parse_client_handshake(protocol::as_bytes(document));
    if (parsed) version = parsed->version;
    DoNotOptimize(parsed);
  }
  count_work(state, 1, document.size());
  expect(state, version == "1.1.1", "the document was not understood");
}
BENCHMARK(parse_client_handshake);

protocol::ServerHandshake answer_with(const std::string& dictionary) {
  protocol::ServerHandshake answer;
  answer.heartbeat_s = 30;
  answer.server_time_s = 1'700'000'000;
  answer.dict_json = dictionary;
  answer.serializer = "json";
  return answer;
}

void encode_server_handshake(State& state) {
  const std::string dictionary = dictionary_json(static_cast<std::size_t>(state.range(0)));
  const protocol::ServerHandshake answer = answer_with(dictionary);
  std::string encoded;
  for (auto _ : state) {
    encoded = protocol::encode(answer);
    DoNotOptimize(encoded.data());
  }
  count_work(state, 1, encoded.size());
  expect(state, encoded.find("\"code\":200") != std::string::npos, "the document is not what it should be");
}
BENCHMARK(encode_server_handshake)->ArgName("routes")->Arg(0)->Arg(100);

void parse_server_handshake(State& state) {
  const auto routes = static_cast<std::size_t>(state.range(0));
  const std::string dictionary = dictionary_json(routes);
  const std::string document = protocol::encode(answer_with(dictionary));
  std::size_t found = 1 + routes;
  for (auto _ : state) {
    auto parsed = protocol::parse_server_handshake(protocol::as_bytes(document));
    if (parsed) found = parsed->dict.size();
    DoNotOptimize(parsed);
  }
  count_work(state, 1, document.size());
  expect(state, found == routes, "the document was not understood");
}
BENCHMARK(parse_server_handshake)->ArgName("routes")->Arg(0)->Arg(100);

/// Connect, handshake, acknowledgement, close, beside as many other sessions.
void open_and_close_connection(State& state) {
  MemoryServer server;
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;
  server.app().on_session_opened([&opened](Session&) { ++opened; }).detach();
  server.app().on_session_closed([&closed](Session&) { ++closed; }).detach();
  server.start();
  const auto others_count = static_cast<std::size_t>(state.range(0));
  std::vector<std::unique_ptr<MemoryClient>> others;
  for (std::size_t i = 0; i < others_count; ++i) {
    others.push_back(std::make_unique<MemoryClient>(server.app()));
    others.back()->open();
  }
  for (auto _ : state) {
    MemoryClient client{server.app()};
    client.open();
  }
  server.app().scheduler().run_ready();
  count_work(state, 1);
  expect(state, opened == others_count + iterations(state) && closed == iterations(state),
         "not all sessions were opened and closed");
}
BENCHMARK(open_and_close_connection)->ArgName("others")->Arg(0)->Arg(10'000);

}  // namespace
}  // namespace nano::benchmark
