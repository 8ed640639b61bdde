#pragma once

/*
 * The parts of the page, from the generated source: "/whyreg/html/page.html" ...
 */

#include <gio/gio.h>

GResource *report_html_get_resource(void);
