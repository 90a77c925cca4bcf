#include "benchmark/load/dialect.h"

#include <array>

#include "benchmark/load/colyseus_dialect.h"
#include "benchmark/load/echo_dialect.h"
#include "benchmark/load/http_dialect.h"
#include "benchmark/load/nano_dialect.h"
#include "benchmark/load/socketio_dialect.h"
#include "benchmark/load/ws_dialect.h"

namespace nano::benchmark {
namespace {

template <class Made>
std::unique_ptr<Dialect> make(const DialectSettings& settings) {
  return std::make_unique<Made>(settings);
}

struct Entry {
  std::string_view name;
  bool speaks_tcp;  // without WebSocket
  std::unique_ptr<Dialect> (*make)(const DialectSettings&);
};

constexpr std::array entries{
    Entry{"nano", true, make<NanoDialect>},           Entry{"ws", false, make<WsDialect>},
    Entry{"socket.io", false, make<SocketIoDialect>}, Entry{"colyseus", false, make<ColyseusDialect>},
    Entry{"http", true, make<HttpDialect>},           Entry{"echo", true, make<EchoDialect>},
};

}  // namespace

std::unique_ptr<Dialect> make_dialect(const DialectSettings& settings) {
  for (const Entry& entry : entries) {
    if (entry.name != settings.dialect) continue;
    if (settings.transport == Transport::tcp && !entry.speaks_tcp) {
      throw std::invalid_argument("the dialect " + settings.dialect + " needs --transport websocket");
    }
    return entry.make(settings);
  }
  throw std::invalid_argument("there is no dialect \"" + settings.dialect + "\"");
}

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  for (const Entry& entry : entries) names.emplace_back(entry.name);
  return names;
}

}  // namespace nano::benchmark
