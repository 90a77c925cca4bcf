#include "nano/http/router.h"

#include <exception>
#include <stdexcept>

#include "nano/base/failure.h"
#include "nano/http/exchange.h"
#include "nano/http/route_pattern.h"

namespace nano {

namespace {

std::string list_of(const std::set<std::string_view>& methods) {
  std::string list;
  for (const std::string_view method : methods) list.append(list.empty() ? "" : ", ").append(method);
  return list;
}

}  // namespace

void HttpRouter::add_handler(std::string pattern, Handler handler, Duration timeout) {
  tree_.add(HttpRoutePattern::parse(std::move(pattern)), entries_.size());
  entries_.push_back({std::move(handler), timeout, nullptr});
}

void HttpRouter::add_files(std::unique_ptr<StaticFiles> files, FileReader& reader) {
  for (const Entry& entry : entries_) {
    if (entry.folder && entry.folder->url_prefix() == files->url_prefix()) {
      throw std::invalid_argument("Two folders are served under \"" + files->url_prefix() + "\".");
    }
  }
  HttpRoutePattern pattern = HttpRoutePattern::below(files->url_prefix(), "GET");
  tree_.add_last(pattern, entries_.size());
  pattern.segments.pop_back();  // the prefix without a slash: it is sent to the one with it
  if (!pattern.segments.empty()) tree_.add_last(pattern, entries_.size());
  entries_.push_back({nullptr, limits::http_answer_timeout, std::move(files)});
  reader_ = &reader;
}

Duration HttpRouter::route(HttpRequest request, HttpResponseWriter reply) const {
  const std::string host = HttpRoutePattern::host_name(request.header("Host"));
  HttpRouteTree::Found found;  // "*" is the server, and no handler's
  if (request.path != "*") found = tree_.find(host, request.method, request.path);
  if (!found.route) {
    reply.send(answer_without_route(request, found.methods));
    return limits::http_answer_timeout;
  }
  const Entry& entry = entries_[*found.route];
  request.parameters = std::move(found.parameters);
  if (entry.folder) {
    serve(*entry.folder, std::move(request), std::move(reply));
  } else {
    entry.handler(std::move(request), std::move(reply));
  }
  return entry.timeout;
}

HttpResponse HttpRouter::answer_without_route(const HttpRequest& request,
                                              const std::set<std::string_view>& methods) const {
  std::set<std::string_view> allowed = request.path == "*" ? all_methods() : methods;
  if (allowed.empty()) return HttpResponse::error(404);
  allowed.insert("OPTIONS");
  if (request.method != "OPTIONS") return HttpResponse::error(405).add_header("Allow", list_of(allowed));
  HttpResponse response;
  response.status = 204;
  return response.add_header("Allow", list_of(allowed));
}

/// Of the server as a whole. A handler of all methods is taken to mean those in common use.
std::set<std::string_view> HttpRouter::all_methods() const {
  std::set<std::string_view> all{"GET", "HEAD", "OPTIONS"};
  for (const std::string& method : tree_.methods()) {
    if (method.empty()) all.insert({"POST", "PUT", "PATCH", "DELETE"});
    if (!method.empty()) all.insert(method);
  }
  return all;
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

HttpRouter::Handler answer_with(const Log& log, std::string name,
                                std::function<HttpResponse(const HttpRequest&)> function) {
  return [&log, name = std::move(name), function = std::move(function)](HttpRequest request,
                                                                        HttpResponseWriter writer) {
    try {
      HttpResponse response = function(request);
      writer.send(std::move(response));
    } catch (...) {
      log_failure(log, name);
    }
  };
}

}  // namespace nano
