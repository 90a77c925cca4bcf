#include "nano/transport/http_router.h"

#include <exception>
#include <stdexcept>

namespace nano {

void HttpRouter::add_handler(std::string pattern, Handler handler) {
  if (!pattern.starts_with('/')) {
    throw std::invalid_argument("The HTTP path \"" + pattern + "\" must begin with '/'.");
  }
  handlers_.push_back({std::move(pattern), std::move(handler)});
}

const HttpRouter::Entry* HttpRouter::find_handler(std::string_view path) const {
  const Entry* best = nullptr;
  for (const Entry& entry : handlers_) {
    if (entry.matches(path) && (!best || entry.pattern.size() > best->pattern.size())) best = &entry;
  }
  return best;
}

const StaticFiles* HttpRouter::find_folder(std::string_view path) const {
  const StaticFiles* best = nullptr;
  for (const auto& folder : folders_) {
    if (folder->matches(path) && (!best || folder->url_prefix().size() > best->url_prefix().size())) {
      best = folder.get();
    }
  }
  return best;
}

void HttpRouter::route(HttpRequest request, Reply reply) const {
  const Entry* handler = find_handler(request.path);
  const StaticFiles* folder = find_folder(request.path);
  if (handler && (!folder || handler->pattern.size() >= folder->url_prefix().size())) {
    scheduler_.post([this, handler, request = std::move(request), reply = std::move(reply)]() mutable {
      auto shared_reply = std::make_shared<Reply>(std::move(reply));
      const auto answer_once = [shared_reply](HttpResponse response) {
        if (Reply once = std::exchange(*shared_reply, {})) once(std::move(response));
      };
      try {
        handler->handler(std::move(request), answer_once);
      } catch (const std::exception& failure) {
        scheduler_.log().error("http handler failed",
                               {{"path", handler->pattern}, {"error", failure.what()}});
        answer_once(HttpResponse::error(500));
      }
    });
    return;
  }
  if (!folder) return reply(HttpResponse::error(404));

  auto shared_reply = std::make_shared<Reply>(std::move(reply));
  const bool accepted = workers_.submit([this, folder, shared_reply, request = std::move(request)] {
    try {
      (*shared_reply)(folder->serve(request));
    } catch (const std::exception& failure) {  // out of memory, most likely
      scheduler_.log().error("file not served", {{"path", request.path}, {"error", failure.what()}});
      if (*shared_reply) (*shared_reply)(HttpResponse::error(500));
    }
  });
  if (!accepted) (*shared_reply)(HttpResponse::error(503));
}

}  // namespace nano
