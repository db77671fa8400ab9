"""The peer Django, run by gunicorn: one file, and none of the middleware that an API can do without."""
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST
from orders import Order
from pydantic import ValidationError

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="a benchmark has none", MIDDLEWARE=[])
django.setup()


@require_GET
def plaintext(request):
    return HttpResponse("Hello, World!", content_type="text/plain")


@require_GET
def greeting(request):
    return JsonResponse({"message": "Hello, World!"})


@require_POST
def place(request):
    try:
        order = Order.model_validate_json(request.body)
    except ValidationError as error:
        return HttpResponse(error.json(), status=422, content_type="application/json")
    return HttpResponse(order.model_dump_json(), content_type="application/json")


urlpatterns = [path("plaintext", plaintext), path("json", greeting), path("orders", place)]
app = get_wsgi_application()
