// Public header. Routes<C>: which methods of a component clients can call, and under which names.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>

#include "nano/component/component.h"
#include "nano/component/handler_call.h"

namespace nano {

/// One handler method of a component, type-erased. `request` and `response` are null where there is no
/// payload.
struct HandlerMethod {
  std::string name;
  void (*invoke)(void* component, Call& call, protocol::ByteView payload);
  const PayloadType* request;
  const PayloadType* response;
};

/// A push that a component sends, for clients to know.
struct DeclaredPush {
  std::string route;
  const PayloadType* payload;
};

/// What a component registers.
struct ComponentRoutes {
  std::vector<HandlerMethod> handlers;
  std::vector<DeclaredPush> pushes;
};

/// Collects the handlers and pushes of component C. A handler is a method that takes, in any order and all
/// optional,
/// - the session: nano::Session&, or nano::SessionPtr in coroutines;
/// - the payload: a described struct, a protobuf message or raw bytes, by value or const reference;
/// - a nano::Responder<T>, to answer later;
/// and returns void, a payload, a nano::Result of a payload, or a nano::Task of one of these.
/// A request to a void handler is answered with an empty payload ("{}" in JSON) when the handler returns; the
/// value that a handler returns to a notify is dropped.
template <class C>
class Routes {
 public:
  /// Registers `method` under `name`, so that the route is "<component>.<name>". Names that are taken or
  /// empty are an error at start-up.
  template <auto method>
  Routes& add(std::string_view name) {
    using Traits = detail::MethodOf<decltype(method)>;
    static_assert(std::is_base_of_v<typename Traits::Owner, C>,
                  "routes() of a component registers that component's own methods.");
    detail::check_handler<decltype(method)>();
    using Answer = std::conditional_t<Traits::responders == 1, typename Traits::Responds,
                                      typename detail::AnswerOf<typename Traits::Return>::type>;
    routes_.handlers.push_back({std::string{name}, &invoke<method>,
                                payload_type_or_null<typename Traits::PayloadValue>(),
                                payload_type_or_null<Answer>()});
    return *this;
  }

  /// Registers the methods of C's description that have the form of a handler, under their own names.
  Routes& add_described() {
    using Described =
        boost::describe::describe_members<C, boost::describe::mod_public | boost::describe::mod_function>;
    boost::mp11::mp_for_each<Described>([this](auto member) {
      using Member = decltype(member);
      if constexpr (detail::HandlerShape<std::remove_cv_t<decltype(Member::pointer)>>) {
        add<Member::pointer>(Member::name);
      }
    });
    return *this;
  }

  /// Declares that sessions are pushed payloads of type T under `route`. Not needed for pushing; it is what
  /// clients can know: such routes are in the dictionary of Application::compress_routes() and in what
  /// --print-routes prints. Two components may declare the same route with the same type.
  template <Payload T>
  Routes& push(std::string_view route) {
    routes_.pushes.push_back({std::string{route}, &payload_type<T>()});
    return *this;
  }

  ComponentRoutes take() { return std::move(routes_); }

 private:
  template <auto method>
  static void invoke(void* component, Call& call, protocol::ByteView payload) {
    using Owner = typename detail::MethodOf<decltype(method)>::Owner;
    detail::HandlerCall<method>::invoke(static_cast<Owner*>(static_cast<C*>(component)), call, payload);
  }
  template <class T>
  static const PayloadType* payload_type_or_null() {
    if constexpr (std::is_void_v<T>) {
      return nullptr;
    } else {
      return &payload_type<T>();
    }
  }

  ComponentRoutes routes_;
};

namespace detail {

template <class C>
concept HasRoutes = requires(Routes<C>& on) { C::routes(on); };

}  // namespace detail

/// The routes of C: from its static `routes`, or else its description.
template <class C>
ComponentRoutes routes_of() {
  static_assert(std::is_base_of_v<Component, C>, "A component derives from nano::Component.");
  Routes<C> on;
  if constexpr (detail::HasRoutes<C>) {
    C::routes(on);
  } else {
    static_assert(
        boost::describe::has_describe_members<C>::value,
        "A component names its handlers: give it `static void routes(nano::Routes<C>& on)` or describe its "
        "methods with BOOST_DESCRIBE_CLASS(C, (nano::Component), (Method, ...), (), ()).");
    if constexpr (boost::describe::has_describe_members<C>::value) on.add_described();
  }
  return on.take();
}

}  // namespace nano
