/** @file
   PAWL_EXPORT: what a shared library of pawl shows to programs. PAWL_HIDDEN: what in it it does not. */
#ifndef PAWL_EXPORT_H
#define PAWL_EXPORT_H

/** @def PAWL_EXPORT
   What a program links to. */
/** @def PAWL_HIDDEN
   What in such a class it does not. */
#if defined(_WIN32)
#define PAWL_HIDDEN
/* GCC takes no __declspec after an attribute of C++, as in class [[nodiscard]] PAWL_EXPORT. */
#if defined(__GNUC__) && defined(__cplusplus)
#define PAWL_OF_DLL(what) [[gnu::what]]
#else
#define PAWL_OF_DLL(what) __declspec(what)
#endif
#if defined(PAWL_BUILDS_LIBRARY)
#define PAWL_EXPORT PAWL_OF_DLL(dllexport)
#elif defined(PAWL_SHARED_LIBRARY)
#define PAWL_EXPORT PAWL_OF_DLL(dllimport)
#else
#define PAWL_EXPORT
#endif
#elif defined(__cplusplus)
#define PAWL_EXPORT [[gnu::visibility("default")]]
#define PAWL_HIDDEN [[gnu::visibility("hidden")]]
#else
#define PAWL_EXPORT __attribute__((visibility("default")))
#endif

#endif
