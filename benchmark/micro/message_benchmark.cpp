// Messages: the body of a data packet, with the route spelled out and compressed.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/micro/measure.h"
#include "protocol/message.h"

namespace nano::benchmark {
namespace {

using protocol::Bytes;
using protocol::Message;
using protocol::MessageError;
using protocol::MessageType;
using protocol::RouteDictionary;

constexpr std::string_view route = "Bench.Echo";
constexpr std::size_t payload_bytes = 64;

/// The dictionary of a middling application.
RouteDictionary hundred_routes() {
  std::vector<std::string> routes{std::string{route}};
  for (int i = 1; i < 100; ++i) routes.push_back("Service" + std::to_string(i) + ".Method");
  return RouteDictionary::from_routes(std::move(routes));
}

Message request_of(protocol::ByteView payload, const RouteDictionary* dictionary) {
  Message request;
  request.type = MessageType::request;
  request.id = 1000;
  request.route = route;
  if (dictionary) request.route_code = dictionary->find_code(route);
  request.payload = payload;
  return request;
}

void decode_request(State& state) {
  const bool compressed = state.range(0) != 0;
  const RouteDictionary dictionary = hundred_routes();
  const Bytes payload(payload_bytes, 'x');
  const Bytes body = protocol::encode_message(request_of(payload, compressed ? &dictionary : nullptr));
  Message message;
  auto error = MessageError::empty;
  for (auto _ : state) {
    error = protocol::decode_message(body, &dictionary, message);
    DoNotOptimize(message);
  }
  count_work(state, 1, body.size());
  expect(state, error == MessageError::none && message.route == route && message.id == 1000,
         "the request was not decoded");
}
BENCHMARK(decode_request)->ArgName("compressed")->Arg(0)->Arg(1);

/// Returns the encoded message.
Bytes measure_encoding(State& state, const Message& message) {
  Bytes body(protocol::encoded_size(message));
  for (auto _ : state) {
    protocol::encode_message(message, body.data());
    DoNotOptimize(body.data());
    ::benchmark::ClobberMemory();
  }
  count_work(state, 1, body.size());
  return body;
}

void encode_request(State& state) {
  const bool compressed = state.range(0) != 0;
  const RouteDictionary dictionary = hundred_routes();
  const Bytes payload(payload_bytes, 'x');
  const Message message = request_of(payload, compressed ? &dictionary : nullptr);
  const Bytes body = measure_encoding(state, message);
  Message decoded;
  expect(state,
         protocol::decode_message(body, &dictionary, decoded) == MessageError::none && decoded.route == route,
         "the request was not encoded");
}
BENCHMARK(encode_request)->ArgName("compressed")->Arg(0)->Arg(1);

void encode_response(State& state) {
  const Bytes payload(payload_bytes, 'x');
  Message message;
  message.type = MessageType::response;
  message.id = 1000;
  message.payload = payload;
  const Bytes body = measure_encoding(state, message);
  Message decoded;
  expect(state,
         protocol::decode_message(body, nullptr, decoded) == MessageError::none && decoded.id == message.id,
         "the response was not encoded");
}
BENCHMARK(encode_response);

/// What a push looks up before it is encoded.
void find_route_code(State& state) {
  const RouteDictionary dictionary = hundred_routes();
  std::optional<std::uint16_t> code;
  for (auto _ : state) {
    code = dictionary.find_code(route);
    DoNotOptimize(code);
  }
  count_work(state, 1);
  expect(state, code.has_value(), "the route is not in the dictionary");
}
BENCHMARK(find_route_code);

}  // namespace
}  // namespace nano::benchmark
