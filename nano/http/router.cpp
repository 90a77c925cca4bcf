#include "nano/http/router.h"

#include <exception>
#include <stdexcept>

#include "nano/http/exchange.h"
#include "nano/http/path.h"

namespace nano {

void HttpRouter::add_handler(std::string pattern, Handler handler, Duration timeout) {
  const std::string problem = path_problem(pattern);
  if (!problem.empty()) {
    throw std::invalid_argument("No HTTP request has the path \"" + pattern + "\". " + problem);
  }
  for (const Entry& entry : handlers_) {
    if (entry.pattern == pattern)
      throw std::invalid_argument("The HTTP path \"" + pattern + "\" has two handlers.");
  }
  handlers_.push_back({std::move(pattern), std::move(handler), timeout});
}

void HttpRouter::add_files(std::unique_ptr<StaticFiles> files, FileReader& reader) {
  for (const auto& folder : folders_) {
    if (folder->url_prefix() == files->url_prefix()) {
      throw std::invalid_argument("Two folders are served under \"" + files->url_prefix() + "\".");
    }
  }
  folders_.push_back(std::move(files));
  reader_ = &reader;
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

Duration HttpRouter::route(HttpRequest request, HttpResponseWriter reply) const {
  const Entry* handler = find_handler(request.path);
  const StaticFiles* folder = find_folder(request.path);
  if (handler && (!folder || handler->pattern.size() >= folder->url_prefix().size())) {
    handler->handler(std::move(request), std::move(reply));
    return handler->timeout;
  }
  if (folder) {
    serve(*folder, std::move(request), std::move(reply));
  } else {
    reply.send(HttpResponse::error(404));
  }
  return limits::http_answer_timeout;
}

HttpAnswer HttpRouter::serve_now(const StaticFiles& folder, const HttpRequest& request) {
  try {
    return folder.serve(request);
  } catch (const std::exception& failure) {  // out of memory, most likely
    HttpAnswer answer{HttpResponse::error(500)};
    answer.failure = {request.path, failure.what()};
    return answer;
  }
}

void HttpRouter::serve(const StaticFiles& folder, HttpRequest request, HttpResponseWriter reply) const {
  auto shared_reply = std::make_shared<HttpResponseWriter>(std::move(reply));
  const bool accepted = reader_->submit([&folder, shared_reply, request = std::move(request)] {
    if (!shared_reply->closed()) send_answer(std::move(*shared_reply), serve_now(folder, request));
  });
  if (!accepted) shared_reply->send(HttpResponse::too_busy());
}

}  // namespace nano
