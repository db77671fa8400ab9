"""The REST interface."""

from fastapi import FastAPI
from starlette.types import ASGIApp

from recommendations.health import Health
from recommendations.identifiers import LONGEST, is_identifier
from recommendations.middleware import ContextMiddleware
from recommendations.problems import Problem, handle_problems
from recommendations.products import RecommendedProducts
from recommendations.recommender import Recommender


def create_app(recommender: Recommender, health: Health) -> ASGIApp:
    """Returns the application."""
    # The system's own explorer shows the documents, and works without a network.
    app = FastAPI(title="recommendations", docs_url=None, redoc_url=None)

    # A product's number may contain a slash.
    @app.api_route("/products/{sku:path}/recommendations", methods=["GET", "HEAD"])
    async def recommendations(sku: str) -> RecommendedProducts:
        """Returns the products that are bought together with one, best first."""
        if not is_identifier(sku):
            raise Problem.invalid("/sku", "identifier", f"must be an identifier of 1 to {LONGEST} visible characters")
        return RecommendedProducts(items=await recommender.recommend(sku))

    app.include_router(health.router())
    handle_problems(app)
    # Outside of everything, so that the response to an error has the identifier too.
    return ContextMiddleware(app)
